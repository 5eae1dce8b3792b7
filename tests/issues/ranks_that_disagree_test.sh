#!/usr/bin/env bash
# Ranks that work from different configurations, data or executables end at once, with the reason.
. "$(dirname "$0")/common.sh"
cp "$tiny" a.yaml
sed 's/lr: 0.01/lr: 0.02/' a.yaml > b.yaml
train=("$laconic" train)
# expect_two CODE PATTERN "ARGUMENTS OF RANK 0" "ARGUMENTS OF RANK 1" [COMMAND BEFORE RANK 1's]
expect_two() {
  # shellcheck disable=SC2086
  expect "$1" "$2" "$mpiexec" "$np" 1 "${train[@]}" $3 run.dir=r : "$np" 1 ${5:-} "${train[@]}" $4 run.dir=r
}
expect_two 69 'rank 0 has optimizer.lr=0.01, rank 1 has optimizer.lr=0.02' a.yaml b.yaml
expect_two 69 'rank 0 has seed=1, rank 1 has seed=7' a.yaml 'a.yaml seed=7'
expect_two 69 'rank 1 has run.max_steps=3' a.yaml 'a.yaml run.max_steps=3'
expect_two 69 'rank 1 has compute.threads=2' a.yaml 'a.yaml compute.threads=2'
expect_two 78 'rank 1: .*missing.yaml' a.yaml missing.yaml
expect_two 78 'rank 0: .*missing.yaml' missing.yaml a.yaml
expect_two 69 'rank 1 has instruction set generic' a.yaml a.yaml 'env LACONIC_MAX_ISA=generic'
cp "$laconic" other_build
# Another build: the first byte of the build id, behind the note's header and the name "GNU", is changed.
at=$(LC_ALL=C grep -obUaP '\x14\x00\x00\x00\x03\x00\x00\x00GNU\x00' "$laconic" | head -n 1 | cut -d: -f1)
[ -n "$at" ] || fail "the executable has no build id"
printf 'x' | dd of=other_build bs=1 seek=$((at + 12)) conv=notrunc 2>/dev/null
expect 69 'rank 0 has executable .*, rank 1 has executable' "$mpiexec" "$np" 1 "${train[@]}" a.yaml run.dir=r : \
  "$np" 1 "$PWD/other_build" train a.yaml run.dir=r
[ ! -e r ] || fail "a run folder was made"
echo 'PASSED'
