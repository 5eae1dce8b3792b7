#!/usr/bin/env bash
# Resuming a complete run, or one that ended between its last checkpoint and its result, evaluates
# nothing twice. For every evaluate_every the metrics and the bits are those of an uninterrupted
# run.
. "$(dirname "$0")/common.sh"
metrics() { sed -n '/^  "metrics"/,/^  }/p' "$1/result.json"; }
for every in 0 1 3; do
  "$laconic" train "$tiny" run.dir=whole$every train.evaluate_every=$every >log 2>&1 || fail "$(cat log)"
  cp -r whole$every again
  rm again/outcome.json again/result.json
  expect 0 '' "$laconic" resume again
  cmp -s whole$every/metrics.jsonl again/metrics.jsonl || fail "evaluate_every=$every: other metrics"
  [ "$(fingerprint whole$every)" = "$(fingerprint again)" ] || fail "evaluate_every=$every: other bits"
  diff <(metrics whole$every) <(metrics again) >&2 || fail "evaluate_every=$every: another result"
  rm -r again
done
echo 'PASSED'
