#!/usr/bin/env bash
# n steps = k steps, kill -9, resume, n - k steps: the same bits: graphs and images, adam and momentum, R = 1 and 2, k in
# different places.
. "$(dirname "$0")/common.sh"
R=$1

check() {  # check NAME K OVERRIDES... (configuration: $config)
  local name=$1 k=$2; shift 2
  [ -d "$name" ] || ranks "$R" "$laconic" train "$config" run.dir="$name" "$@" >/dev/null || fail "$name: training"
  local run=$name.killed.$k
  LACONIC_FAULT=train.step:$k ranks "$R" "$laconic" train "$config" run.dir="$run" checkpoint.every_steps=5 "$@" >/dev/null 2>&1 &&
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
  [ -s "$name/comm.txt" ] || fail "$name: no byte totals"
  cmp "$name/comm.txt" "$run/comm.txt" || fail "$run: byte totals differ"
}

steps=$((36 / R / 3))  # an epoch of 12 batches
config=$planted
for k in 1 $((steps - 1)) $((steps + 1)) $((2 * steps + 3)); do check adam $k; done
check momentum $((steps + 2)) optimizer.kind=sgd optimizer.momentum=0.9 train.accumulate=2
config=$source/tests/system/shapes.yaml  # convolutions on images; also 12 batches
for k in $((steps - 1)) $((steps + 2)); do check cnn $k; done
check cnn_momentum $((steps + 1)) optimizer.kind=sgd optimizer.momentum=0.9 train.accumulate=2
# run.max_steps ends early; going on gives the same bits, also where the schedule knows the length of the run.
cosine=(schedule.kind=cosine schedule.warmup_steps=3)
ranks "$R" "$laconic" train "$planted" run.dir=cosine "${cosine[@]}" >/dev/null || fail cosine
ranks "$R" "$laconic" train "$planted" run.dir=cut "${cosine[@]}" run.max_steps=$((steps + 2)) >/dev/null || fail cut
"$laconic" predict cut -o cut.csv >/dev/null || fail "predict from a run cut short"
ranks "$R" "$laconic" resume cut run.max_steps=0 >/dev/null || fail "resume after run.max_steps"
[ "$("$laconic" inspect --fingerprint cosine)" = "$("$laconic" inspect --fingerprint cut)" ] || fail "run.max_steps changed the bits"
cmp cosine/metrics.jsonl cut/metrics.jsonl || fail "run.max_steps changed the metrics"
# Negative control: another seed is noticed.
ranks "$R" "$laconic" train "$planted" run.dir=other seed=2 >/dev/null || fail "other seed"
[ "$("$laconic" inspect --fingerprint adam)" != "$("$laconic" inspect --fingerprint other)" ] || fail "fingerprints do not tell runs apart"
echo "resumed runs are identical at $R ranks"
