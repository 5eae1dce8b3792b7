#!/usr/bin/env bash
# Every ```sh block of README.md runs as it stands, in order, in one shell, on a copy of the tree's configurations. The block that builds is the one
# exception: this build is used instead.
. "$(dirname "$0")/common.sh"
mkdir -p build/cpu/bin
cp -r "$source/configs" "$source/scripts" .
ln -s "$laconic" build/cpu/bin/laconic
awk '/^```sh/ {on=1; next} /^```/ {on=0} on' "$source/README.md" | grep -v '^cmake ' > blocks.sh
[ "$(grep -c laconic blocks.sh)" -ge 8 ] || fail "README has lost its blocks"
bash -euo pipefail blocks.sh > out.txt 2>&1 || fail "README: $(tail -5 out.txt)"
grep -q 'same bits' out.txt || fail "README: the resumed run differs: $(tail -5 out.txt)"
grep -q 'killed at step 20' out.txt || fail "README: the kill did not happen"
# Its table of exit codes has those of the help, no more and no less.
"$laconic" --help | sed -n '/^Exit codes/,$p' | grep -oE '^ +[0-9]+' | tr -d ' ' > help_codes.txt
sed -n '/^| code /,/^$/p' "$source/README.md" | cut -d '|' -f 2 | grep -oE '[0-9]+' | sort -n > readme_codes.txt
[ "$(wc -l < help_codes.txt)" -ge 12 ] && cmp help_codes.txt readme_codes.txt || fail "exit codes: $(diff help_codes.txt readme_codes.txt)"
echo "README runs"
