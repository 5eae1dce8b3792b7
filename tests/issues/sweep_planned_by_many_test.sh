#!/usr/bin/env bash
# Four processes plan one sweep at the same time, and two run one. Files of others stay. An interrupted sweep ends
# with code 75.
. "$(dirname "$0")/common.sh"
cat >s.yaml <<Y
name: s
folder: s
base: $tiny
grid: {seed: [1, 2, 3, 4, 5, 6]}
Y
for round in 1 2 3; do
  rm -rf s
  pids=
  for i in 1 2 3 4; do
    "$laconic" sweep plan s.yaml >log$i 2>&1 &
    pids="$pids $!"
  done
  for pid in $pids; do wait $pid || fail "round $round: $(cat log?)"; done
  [ "$(ls s/trials | wc -l)" = 6 ] || fail "left over: $(ls s/trials)"
done

mkdir -p s2/trials
echo precious | tee s2/trials/3.yaml >s2/sweep.yaml
sed 's/folder: s/folder: s2/' s.yaml >other.yaml
expect 73 'is there already, with other contents' "$laconic" sweep plan other.yaml
grep -q precious s2/trials/3.yaml && grep -q precious s2/sweep.yaml || fail "files of others were replaced"

for when in early late; do
  rm -rf s
  sed -i '/epochs/d' s.yaml
  sed 's/^base:/list: [{train.epochs: 1000000}]\nbase:/' s.yaml >long.yaml
  "$laconic" sweep run long.yaml --jobs 1 >log 2>&1 &
  pid=$!
  until [ -e s/trials/0.log ]; do sleep 0.01; done
  [ $when = early ] || until grep -qs '"running"' s/trials/0/outcome.json && [ -s s/trials/0/metrics.jsonl ]; do sleep 0.02; done
  kill -TERM $pid
  code=0
  wait $pid || code=$?
  [ $code = 75 ] || fail "$when: exit $code, not 75: $(cat log)"
done

# Two processes run one sweep: each trial is run by one of them.
rm -rf s
sed 's/grid: .*/grid: {seed: [1, 2, 3]}/' s.yaml >short.yaml
for i in 1 2; do "$laconic" sweep run short.yaml >log$i 2>&1 & both[i]=$!; done
for i in 1 2; do
  code=0
  wait "${both[i]}" || code=$?
  [ $code = 0 ] || [ $code = 69 ] || fail "exit $code of two at once: $(cat log1 log2)"
done
expect 0 '3 done' "$laconic" sweep status s
! grep -q 'failed\|without a word' log1 log2 || fail "a trial counts as failed: $(cat log1 log2)"
