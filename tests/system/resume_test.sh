#!/usr/bin/env bash
# n steps = k steps, kill -9, resume, n - k steps: the same bits, for every optimizer, R = 1 and 2, k anywhere.
. "$(dirname "$0")/common.sh"
R=$1

check() {  # check NAME K OVERRIDES...
  local name=$1 k=$2; shift 2
  [ -d "$name" ] || ranks "$R" "$laconic" train "$planted" run.dir="$name" "$@" >/dev/null || fail "$name: training"
  local run=$name.killed.$k
  LACONIC_FAULT=train.step:$k ranks "$R" "$laconic" train "$planted" run.dir="$run" checkpoint.every_steps=5 "$@" >/dev/null 2>&1 &&
    fail "$run: the fault point did not kill"
  grep -q '"status": "running"' "$run/outcome.json" || fail "$run: outcome after a kill"
  if ls "$run"/checkpoints/step-* >/dev/null 2>&1; then
    ranks "$R" "$laconic" resume "$run" >/dev/null || fail "$run: resume"
  else  # killed before the first checkpoint: resume starts over
    ranks "$R" "$laconic" resume "$run" >/dev/null 2>&1 || fail "$run: resume from nothing"
  fi
  [ "$("$laconic" inspect --fingerprint "$name")" = "$("$laconic" inspect --fingerprint "$run")" ] || fail "$run: state differs"
  cmp "$name/metrics.jsonl" "$run/metrics.jsonl" || fail "$run: metrics differ"
  for f in "$name" "$run"; do sed -n '/"comm"/,/^  }/p' "$f/result.json" > "$f/comm.txt"; done
  cmp "$name/comm.txt" "$run/comm.txt" || fail "$run: byte totals differ"
}

steps=$((36 / R / 3))  # an epoch of 12 batches
for k in 1 $((steps - 1)) $((steps + 1)) $((2 * steps + 3)); do check adam $k; done
check momentum $((steps + 2)) optimizer.kind=sgd optimizer.momentum=0.9 train.accumulate=2
# Negative control: another seed is noticed.
ranks "$R" "$laconic" train "$planted" run.dir=other seed=2 >/dev/null || fail "other seed"
[ "$("$laconic" inspect --fingerprint adam)" != "$("$laconic" inspect --fingerprint other)" ] || fail "fingerprints do not tell runs apart"
echo "resumed runs are identical at $R ranks"
