#!/usr/bin/env bash
# In a run folder from somebody else, laconic's names may be links or pipes. No write, cut or
# deletion follows them to the outside.
. "$(dirname "$0")/common.sh"
"$laconic" train "$tiny" run.dir=r run.max_steps=5 >log 2>&1 || fail "train: $(cat log)"
mv r good
echo important >target
for name in lock log.rank0.txt metrics.jsonl outcome.json; do
  rm -rf r
  cp -a good r
  rm r/$name
  ln -s "$PWD/target" r/$name
  expect 73 "r/$name: must be a file" "$laconic" resume r run.max_steps=0
  [ "$(cat target)" = important ] || fail "$name: the file outside was changed"
done
# These are replaced by a rename, or no names of laconic's at all.
rm -rf r
cp -a good r
for name in outcome.json.tmp stop checkpoint checkpoints/LATEST; do ln -sf "$PWD/target" r/$name; done
expect 0 '' "$laconic" resume r run.max_steps=0
[ "$(cat target)" = important ] || fail "the file outside was changed: $(cat log)"
for name in outcome.json.tmp stop checkpoint; do [ -L r/$name ] || fail "the link $name is gone"; done
# A backup of hard links stays unchanged.
rm -rf r
cp -al good r
cp -a good before
expect 0 '' "$laconic" resume r run.max_steps=0
diff -r good before >&2 || fail "a backup that shares files with the run was changed"

for name in checkpoints tensorboard; do
  rm -rf r other
  cp -a good r
  mv r/$name other
  mkdir -p other/step-1
  touch other/step-1/mine
  cp -a other before_$name
  ln -s "$PWD/other" r/$name
  expect 73 "r/$name: must be a folder" "$laconic" resume r run.max_steps=0
  diff -r other before_$name >&2 || fail "$name: the folder outside was changed"
done
rm -rf r
cp -a good r
rm r/metrics.jsonl
mkfifo r/metrics.jsonl
expect 73 'r/metrics.jsonl: must be a file' "$laconic" resume r run.max_steps=0
