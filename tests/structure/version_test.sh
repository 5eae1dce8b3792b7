#!/usr/bin/env bash
# The hash in the executable is that of the build: a commit after the configuration changes it, and nothing else does.
# Usage: version_test.sh SOURCE CMAKE
set -euo pipefail
source=$1 cmake=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*"; exit 1; }
write() { "$cmake" -D SOURCE="$work/tree" -D VERSION=1.2.3 -D OUTPUT="$work/version.cpp" -P "$source/cmake/version.cmake"; }
commit() { git -C tree -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m "$1"; }
mkdir tree
GIT_CEILING_DIRECTORIES=$work write
grep -q '"unknown"' version.cpp || fail "without a repository: $(cat version.cpp)"
git init -q tree
commit first
write
grep -q "\"$(git -C tree rev-parse --short HEAD)\"" version.cpp || fail "another hash: $(cat version.cpp)"
grep -q '"1.2.3"' version.cpp || fail "no version"
touch -d '2000-01-01' version.cpp
write
[ "$(stat -c %y version.cpp | cut -c1-4)" = 2000 ] || fail "written again without a change"
commit second
write
grep -q "\"$(git -C tree rev-parse --short HEAD)\"" version.cpp || fail "the old hash after a commit: $(cat version.cpp)"
echo "the hash is that of the build"
