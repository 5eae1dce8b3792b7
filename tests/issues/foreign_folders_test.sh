#!/usr/bin/env bash
# laconic replaces, cuts and deletes nothing in a folder that was never a run. The same holds for
# folders of others inside a run.
. "$(dirname "$0")/common.sh"
run="$laconic train $tiny run.dir=exp"
unchanged() { diff -r before exp >&2 || fail "$1: files of others were changed"; }

# Folders that were never a run: with names of requests, with names of a run's own files, and with a
# checkpoint that is none.
foreign() {
  rm -rf exp before
  mkdir exp
  "$@"
  cp -a exp before
  expect 73 'exp is there already and is no run of laconic' $run run.if_exists=resume
  unchanged "$*"
}
requests() { mkdir -p exp/checkpoint exp/stop exp/checkpoints/step-7; echo precious | tee exp/checkpoint/weights.bin exp/stop/a >exp/checkpoints/step-7/x; }
names() { for f in config.yaml metrics.jsonl lock outcome.json result.json log.rank0.txt stop checkpoint; do echo '{"other": "tool"}' >exp/$f; done; }
marker_of_another() { echo '{"format": "other"}' >exp/laconic-run.json; }
foreign requests
foreign names
foreign marker_of_another
(cat "$tiny"; echo '# my comments') >exp/config.yaml
cp -a exp/. before
expect 73 'no run of laconic' $run
expect 73 'no run of laconic' "$laconic" train exp/config.yaml run.dir=exp run.if_exists=resume
unchanged 'the configuration that was given'
expect 0 '' $run run.if_exists=new  # beside it
[ -f exp-2/result.json ] || fail "run.if_exists=new: no result beside the folder"

# An empty folder belongs to nobody. If run.dir itself is a link, it is followed.
rm -rf exp target
mkdir target
ln -s target exp
expect 0 '' $run run.max_steps=8
[ -f target/outcome.json ] || fail "run.dir is a link: nothing in its folder"

# In a run: folders with requests' names, steps of others, with the names of laconic's files or of a
# checkpoint beside ours.
mkdir -p exp/checkpoint/mine exp/stop exp/checkpoints/step-900/mine exp/checkpoints/step-3 exp/checkpoints/.tmp-step-4
for f in exp/checkpoint/mine/x exp/stop/x exp/checkpoints/step-900/mine/x exp/checkpoints/step-3/rank0.h5 \
  exp/checkpoints/.tmp-step-4/rank0.h5 exp/outcome.json.tmp exp/checkpoints/LATEST.tmp; do echo precious >$f; done
find exp/ -type f -exec grep -l precious {} + | sort >before.txt
expect 0 '' "$laconic" resume exp run.max_steps=0
find exp/ -type f -exec grep -l precious {} + | sort | diff before.txt - >&2 || fail "a resume deleted what others put into the run"
