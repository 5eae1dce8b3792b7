#!/usr/bin/env bash
# Normalisation and untrained state: two steps and an evaluation are those of an independent NumPy program, on 1 and 2
# ranks and for each rule; a run that was killed ends with the same bits; init_from brings the statistics along.
. "$(dirname "$0")/common.sh"

launch() { if [ "$1" -eq 1 ]; then "$laconic" "${@:2}"; else ranks "$1" "$laconic" "${@:2}"; fi; }
# Killed and resumed, on as many ranks, and on others.
config=$source/tests/system/shapes.yaml
batch=(model.norm=batch train.epochs=2 train.recalibrate=2)
for R in 1 2; do
  for rule in average rank0 per_rank; do
    [ "$R" = 2 ] || [ $rule = average ] || continue  # with one rank the rules differ in names alone
    run=$R.$rule
    launch "$R" train "$config" run.dir="$run" "${batch[@]}" model.norm_statistics=$rule >/dev/null || fail "$run"
    LACONIC_FAULT=train.step:$((12 / R + 2)) launch "$R" train "$config" run.dir="$run.killed" "${batch[@]}" \
      model.norm_statistics=$rule checkpoint.every_steps=3 >/dev/null 2>&1 && fail "$run: the fault point did not kill"
    launch "$R" resume "$run.killed" >/dev/null || fail "$run: resume"
    [ "$("$laconic" inspect --fingerprint "$run")" = "$("$laconic" inspect --fingerprint "$run.killed")" ] ||
      fail "$run: a resumed run has another state"
    cmp "$run/metrics.jsonl" "$run.killed/metrics.jsonl" || fail "$run: metrics differ"
  done
done
"$laconic" inspect 2.average | grep -q '^  state/average .* rank_mean' || fail "inspect does not show the state"
# What evaluates is what was evaluated, also outside of the run, where statistics were recalibrated for the best state.
"$laconic" eval 2.average > eval.json || fail eval
$python - <<'T' || fail "eval gives other scores than the run"
import json
run, now = json.load(open("2.average/result.json"))["metrics"], json.load(open("eval.json"))
assert all(abs(run[s]["loss"] - now[s]["loss"]) < 1e-9 for s in ("val", "test")), (run, now)
T
"$laconic" resume 2.average train.epochs=3 >/dev/null 2>&1 || fail "a run of 2 ranks goes on with 1"
# A step that is left out, since its gradient is not finite, moves no statistics.
state() { "$laconic" inspect "$1" | awk '$1 == "state/average" {print $NF}'; }
"$laconic" train "$config" run.dir=skipped model.norm=batch optimizer.kind=sgd optimizer.lr=1e38 train.skip_nonfinite=2 \
  run.max_steps=3 checkpoint.every_steps=1 >/dev/null 2>&1 || fail "train.skip_nonfinite"
grep -q '"skipped":2' skipped/metrics.jsonl || fail "no step was left out"
[ "$(state skipped/checkpoints/step-3)" = "$(state skipped/checkpoints/step-2)" ] || fail "a skipped step moved statistics"
[ "$(state skipped)" != "$(state 1.average)" ] || fail "hashes of statistics do not tell them apart"
# init_from
"$laconic" train "$config" run.dir=frozen model.norm=batch model.norm_frozen=true model.init_from=1.average train.epochs=1 \
  >/dev/null || fail "init_from with frozen statistics"
[ "$(state frozen)" = "$(state 1.average)" ] || fail "frozen statistics moved, or were not read"
mlp=(model.kind=mlp model.hidden=8 train.epochs=0)  # as many parameters with either norm
"$laconic" train "$config" run.dir=plain "${mlp[@]}" model.norm=layer >/dev/null || fail plain
"$laconic" train "$config" run.dir=refused "${mlp[@]}" model.norm=batch model.init_from=plain > refused.txt 2>&1 &&
  fail "init_from a network without statistics is not refused"
grep -q 'model.init_from: .* has no state/average' refused.txt || fail "the refusal does not name the key: $(cat refused.txt)"

# The numbers.
$python -c 'import numpy' 2>/dev/null || { echo "SKIPPED: no python3 with numpy"; exit 77; }
py=$source/tests/system/norm.py
mkdir data && $python "$py" make data || fail make
cat > idx.yaml <<'T'
data: {source: {format: idx, idx: {folder: data, validation: 0.5555, validation_by: tail}}}
model: {dropout: 0, norm_epsilon: 0.1, norm_groups: 2}
optimizer: {kind: sgd, lr: 1, momentum: 0, weight_decay: 0}
train: {epochs: 2}
checkpoint: {every_steps: 1, keep: 10}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
T
# shellcheck disable=SC2034  # used by name
mlp=(model.kind=mlp model.layers=2 model.hidden=8)
# shellcheck disable=SC2034
cnn=(model.kind=cnn "model.channels=[4]" model.kernel=3 "model.dense=[8]")
trained() {  # trained FOLDER RANKS NETWORK NORM OVERRIDES...
  local run=$1 R=$2 network=$3 norm=$4; shift 4
  local -n keys=$network
  launch "$R" train idx.yaml run.dir="$run" train.batch=$((4 / R)) "${keys[@]}" model.norm="$norm" "$@" >/dev/null || fail "$run"
}
check() {  # check FOLDER RANKS NETWORK NORM RULE: its states after 0, 1 and 2 steps, and the loss
  local run=$1 step norm=$4 start
  # The initial values are a function of the names, so networks with the same names share them.
  [ "$3.$norm" != cnn.layer ] || norm="group"
  [ "$3" != mlp ] || norm="batch"
  start=$3.$norm.start
  [ -d "$start" ] || trained "$start" 1 "$3" $norm train.epochs=0
  "$laconic" export --last "$start" -o "$run/0.npz" >/dev/null || fail "export $start"
  for step in 1 2; do
    "$laconic" export --last "$run/checkpoints/step-$step" -o "$run/$step.npz" >/dev/null || fail "export $run, step $step"
  done
  $python "$py" check "$run" "$3" "$4" "$2" "$5" || fail "$run: model.norm=$4 on $2 ranks"
}
for network in mlp cnn; do
  for norm in layer group batch; do
    trained $network.$norm 1 $network $norm
    check $network.$norm 1 $network $norm average
  done
done
for rule in average rank0 per_rank; do
  network=mlp
  [ $rule != average ] || network=cnn
  trained $rule 2 $network batch model.norm_statistics=$rule
  check $rule 2 $network batch $rule
done
for R in 1 2; do  # the best state is that of the only evaluation
  trained exact.$R $R cnn batch train.recalibrate=1 train.evaluate_every=0
  "$laconic" export exact.$R -o exact.$R/2.npz >/dev/null || fail "export exact.$R"
  $python "$py" recalibrated exact.$R cnn $R || fail "train.recalibrate on $R ranks"
done
echo "normalisation is that of NumPy"
