#!/usr/bin/env bash
# Local steps as a user sees them: bytes, kills in mid-round, stop requests, words, reports. The mathematics is tested in
# tests/apps/methods/.
. "$(dirname "$0")/common.sh"
keys=(compute.threads=1 method=local_steps method.steps=6)  # 18 steps on two ranks: 3 rounds
train() { local run=$1 R=$2; shift 2; ranks "$R" "$laconic" train "$planted" run.dir="$run" "${keys[@]}" "$@" >/dev/null 2>"$run.log" || fail "$run: $(cat "$run.log")"; }

# Words.
"$laconic" schema method | grep -q 'method.outer.nesterov' || fail "schema"
"$laconic" schema method.steps | grep -q 'between two sums' || fail "schema of a key"
refuses() { local text=$1; shift; "$laconic" validate "$planted" "$@" 2>err.txt && fail "accepted: $*"; grep -Eq "$text" err.txt || fail "$* gives: $(cat err.txt)"; }
refuses 'value DiLoCo; allowed: one of .*; did you mean local_steps\?' method=DiLoCo
refuses 'method.steps: .*0' method=local_steps method.steps=0
refuses 'method.outer.momentum: ' method=local_steps method.outer.momentum=1
refuses 'method.outer.lrr: unknown key; did you mean method.outer.lr\?' method=local_steps method.outer.lrr=1
refuses 'comm.momentum_correction: needs method.kind: data_parallel' method=local_steps comm.allreduce=topka optimizer.kind=sgd comm.momentum_correction=true
"$laconic" validate "$planted" comm.allreduce=topka optimizer.kind=sgd comm.momentum_correction=true >/dev/null || fail "data_parallel lost a key"

# Bytes: by purpose exactly 1/6 of those of data_parallel, and as planned.
train local 2
train each_step 2 method=data_parallel
"$laconic" plan -n 2 "$planted" "${keys[@]}" > plan.txt || fail plan
grep -q '^rounds  *3 of 6 steps (method.steps)' plan.txt && grep -q 'kB sent a round and rank' plan.txt && grep -q '^overlap  *off: the last local step' plan.txt || fail "plan: $(cat plan.txt)"
cat > bytes.py <<'P'
import json, sys
few, all = (json.load(open(f"{run}/result.json")) for run in ("local", "each_step"))
assert few["method"] == "local_steps" and few["steps"] == all["steps"] == 18 and few["epochs"] == 3, few
assert few["comm"]["rounds"]["max"] == 3 and all["comm"]["rounds"]["max"] == 18
times = int(sys.argv[2])
for what in ("max", "mean"):
    assert times * few["comm"]["bytes_sent"][what] == all["comm"]["bytes_sent"][what] > 0
    assert times * few["comm"]["dense_equivalent_bytes"][what] == all["comm"]["dense_equivalent_bytes"][what]
    sent = {k: v[what] for k, v in few["comm"]["sent_by_phase"].items()}
    assert {k: times * v for k, v in sent.items()} == {k: v[what] for k, v in all["comm"]["sent_by_phase"].items()}, sent
planned = 1e3 * float(sys.argv[1])
assert abs(few["course"]["bytes_sent"][-1] / 3 - planned) <= 0.02 * planned, (few["course"], planned)
assert few["memory_bytes"]["optimizer"] > 0
P
planned=$(sed -n 's/^sent per epoch *\([0-9.]*\) kB per rank.*/\1/p' plan.txt)
python3 bytes.py "$planned" 6 || fail "bytes"
python3 bytes.py "$planned" 5 2>/dev/null && fail "wrong bytes pass"

# One rank and one step per round: the parameters, scores and losses of data_parallel, bit for bit.
tensors() { "$laconic" inspect "$1" | awk '$1 ~ /^(best\/)?parameters$/ {print $1, $NF}'; }
train one 1 method.steps=1
train plain 1 method=data_parallel
[ -n "$(tensors one)" ] && [ "$(tensors one)" = "$(tensors plain)" ] || fail "steps=1 has other bits than data_parallel"
for run in one plain; do sed 's/"gradient_norm":[^,}]*//' $run/metrics.jsonl > $run.txt; done
cmp one.txt plain.txt || fail "steps=1 has other metrics than data_parallel"
[ "$(tensors local)" != "$(tensors each_step)" ] || fail "hashes do not tell runs apart"

# Killed in mid-round, between checkpoints that lie in mid-round too; and cut short by run.max_steps.
for R in 1 2; do
  sparse=(comm.allreduce=oktopk comm.auto_dense=false method.outer.lr=0.7 method.outer.momentum=0.9 method.outer.nesterov=true)
  [ "$R" -eq 2 ] || sparse=()
  train "whole$R" "$R" "${sparse[@]}"
  LACONIC_FAULT=train.step:11 ranks "$R" "$laconic" train "$planted" run.dir="killed$R" checkpoint.every_steps=4 "${keys[@]}" "${sparse[@]}" >/dev/null 2>&1 && fail "the fault point did not kill"
  [ -d "killed$R/checkpoints/step-4" ] || fail "no checkpoint in mid-round: $(ls "killed$R/checkpoints")"
  ranks "$R" "$laconic" resume "killed$R" >/dev/null 2>&1 || fail "resume"
  train "cut$R" "$R" "${sparse[@]}" run.max_steps=10
  ranks "$R" "$laconic" resume "cut$R" run.max_steps=0 >/dev/null 2>&1 || fail "resume after run.max_steps"
  for run in "killed$R" "cut$R"; do
    [ "$("$laconic" inspect --fingerprint "$run")" = "$("$laconic" inspect --fingerprint "whole$R")" ] || fail "$run: state differs"
    cmp "$run/metrics.jsonl" "whole$R/metrics.jsonl" || fail "$run: metrics differ"
    for f in "$run" "whole$R"; do sed -n '/"comm"/,/^  }/p' "$f/result.json" > "$f.comm"; done
    cmp "$run.comm" "whole$R.comm" || fail "$run: byte totals differ"
  done
done
[ "$("$laconic" inspect --fingerprint local)" != "$("$laconic" inspect --fingerprint whole2)" ] || fail "fingerprints do not tell runs apart"
"$laconic" inspect whole2 | grep -q '^  local/optimizer/moment1 .* rank_mean' || fail "inspect: $("$laconic" inspect whole2)"
# Fewer words still with a sparse sum, and another number of ranks goes on from a checkpoint in mid-round.
python3 - <<'P' || fail "a sparse sum sends more"
import json
dense, sparse = (json.load(open(f"{run}/result.json"))["comm"]["bytes_sent"]["max"] for run in ("local", "whole2"))
assert 0 < sparse < 0.8 * dense, (sparse, dense)
P
train fewer 2 run.max_steps=10
"$laconic" resume fewer run.max_steps=0 >/dev/null 2>fewer.log || fail "2 ranks to 1: $(cat fewer.log)"

# A stop request is heeded when the round ends.
ranks 2 "$laconic" train "$planted" run.dir=stopped "${keys[@]}" method.steps=7 train.epochs=100000 train.evaluate_every=0 >/dev/null 2>&1 &
for _ in $(seq 2000); do [ -s stopped/metrics.jsonl ] && break; sleep 0.05; done
touch stopped/stop || { kill $!; fail "the run has not started"; }
wait $!; code=$?
[ $code -eq 75 ] || fail "a stop request ends with $code"
step=$(sed -n 's/.*"step": *\([0-9]*\).*/\1/p' stopped/outcome.json)
[ $((step % 7)) -eq 0 ] && [ "$step" -gt 0 ] || fail "stopped at step $step, in mid-round"

# What other verbs make of it.
"$laconic" summary local | grep -q 'commonest class' || fail summary
"$laconic" eval local > eval.json && python3 - <<'P' || fail "eval gives other scores than the run"
import json
run, now = json.load(open("local/result.json"))["metrics"], json.load(open("eval.json"))
assert all(abs(run[s]["loss"] - now[s]["loss"]) < 1e-6 for s in ("val", "test")), (run, now)  # nodes in another order
P
"$laconic" report local each_step -o report.html >/dev/null 2>err.txt && grep -q local_steps report.html || fail "report: $(cat err.txt)"
"$laconic" compare local each_step > compare.txt 2>err.txt || fail "compare: $(cat err.txt)"
echo "local steps send fewer words and keep their promises"
