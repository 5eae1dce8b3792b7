#!/usr/bin/env bash
# Lazy sparse aggregation as a user sees it: the bits do not depend on the number of ranks or on the form; kills; bytes by
# formula; words. The mathematics is tested in tests/apps/methods/sasg_test.cpp.
. "$(dirname "$0")/common.sh"
launch() { if [ "$1" -eq 1 ]; then "$laconic" "${@:2}"; else ranks "$1" "$laconic" "${@:2}"; fi; }
train() { launch "$2" train "$config" run.dir="$1" "${net[@]}" "${sasg[@]}" "${@:3}" >/dev/null 2>err.txt || fail "$1: $(cat err.txt)"; }
# The tensors of a run's newest checkpoint with their hashes.
tensors() { "$laconic" inspect "$1" | awk '$1 ~ /^(worker|method|sampler|best)/ || $1 == "parameters" {print $1, $NF}' | sort; }

config=$source/tests/system/shapes.yaml  # 12 batches an epoch
net=(model.kind=mlp model.layers=2 model.hidden=16 model.norm=batch optimizer.kind=sgd optimizer.momentum=0 optimizer.lr=0.1)
sasg=(method.kind=sasg method.workers=4 method.alpha_scale=2 method.density=0.1 method.window=3 method.max_staleness=4 train.epochs=6)
train on1 1
tensors on1 > expected
grep -q 'worker/3/residual' expected && grep -q 'worker/3/message/indices' expected || fail "no state of workers: $(cat expected)"
for n in 2 3; do
  train "on$n" "$n"
  tensors "on$n" | diff - expected || fail "bits depend on the number of ranks"
  cmp "on$n/metrics.jsonl" on1/metrics.jsonl || fail "metrics depend on the number of ranks"
done
train server 2 method.server=true
[ "$(tensors server | grep '^parameters')" = "$(grep '^parameters' expected)" ] || fail "a server changes the bits"
train other 1 method.alpha_scale=0.5  # the control
[ "$(tensors other | grep '^parameters')" != "$(grep '^parameters' expected)" ] || fail "alpha_scale changes nothing"

# Killed between checkpoints: the same bits on the same and on another number of ranks.
LACONIC_FAULT=train.step:10 launch 2 train "$config" run.dir=killed "${net[@]}" "${sasg[@]}" checkpoint.every_steps=4 >/dev/null 2>&1 &&
  fail "the fault point did not kill"
cp -r killed again
launch 2 resume killed >/dev/null 2>err.txt || fail "resume: $(cat err.txt)"
launch 1 resume again >/dev/null 2>err.txt || fail "resume on 1 rank: $(cat err.txt)"
for run in killed again; do
  tensors $run | diff - expected || fail "$run: other bits after a kill"
  cmp $run/metrics.jsonl on1/metrics.jsonl || fail "$run: other metrics after a kill"
done

# Bytes.
plain=(method.index_codec=plain method.value_type=float32 model.norm=none)
train bytes 2 "${plain[@]}"
train bytes3 3 "${plain[@]}"
train down 3 "${plain[@]}" method.server=true
cat > bytes.py <<'P'
import json, sys
M, size_of_flag = 4, int(sys.argv[1])
for name, R, server in (("bytes", 2, False), ("bytes3", 3, False), ("down", 3, True)):
    result = json.load(open(f"{name}/result.json"))
    steps = [line for line in map(json.loads, open(f"{name}/metrics.jsonl")) if "upload_share" in line]
    assert len(steps) == result["steps"] == 18, (len(steps), result["steps"])
    H, inputs = 16, 144
    k = sum(int(0.1 * n) for n in (inputs * H, result["parameters"] - inputs * H))
    uploads = steps[-1]["uploads"]
    assert steps[-1]["upload_bytes"] == uploads * (4 + 8 * k), (steps[-1], k)
    assert 0.3 < uploads / (M * len(steps)) < 1, uploads
    sent = {purpose: round(R * of["mean"]) for purpose, of in result["comm"]["sent_by_phase"].items()}
    assert sent.pop("flags") == size_of_flag * M * (R - 1) * len(steps), sent
    if server:
        assert sent.pop("downlink") == (R - 1) * steps[-1]["downlink_bytes"], sent
        assert 0 < sent.pop("messages") < steps[-1]["upload_bytes"], sent
    else:
        rounds = sum(step["upload_share"] > 0 for step in steps)
        assert sent.pop("messages") == (R - 1) * (steps[-1]["upload_bytes"] + 4 * R * rounds), sent
    assert not sent, sent
P
python3 bytes.py 1 || fail "bytes"
python3 bytes.py 2 2>/dev/null && fail "wrong bytes pass"
"$laconic" plan -n 2 "$config" "${net[@]}" "${sasg[@]}" > plan.txt || fail plan
grep -q '^workers .*4 on 2 ranks' plan.txt && grep -q '^a message .*(method.density 0.1)' plan.txt || fail "plan: $(cat plan.txt)"

for server in false true; do
  "$laconic" plan --time -n 2 "$config" "${net[@]}" "${sasg[@]}" method.server=$server >/dev/null 2>err.txt || fail "plan --time: $(cat err.txt)"
done

# What others do with such a run.
"$laconic" predict on2 --last -o p.csv >/dev/null 2>err.txt || fail "predict --last: $(cat err.txt)"
"$laconic" train "$config" run.dir=next "${net[@]}" model.init_from=on2 train.epochs=0 >/dev/null 2>err.txt || fail "model.init_from: $(cat err.txt)"
"$laconic" eval on2 > eval.json && python3 - <<'P' || fail "eval gives other scores than the run"
import json
run, now = json.load(open("on2/result.json"))["metrics"], json.load(open("eval.json"))
assert all(abs(run[s]["loss"] - now[s]["loss"]) < 1e-9 for s in ("val", "test")), (run, now)
P
config=$planted net=(optimizer.kind=sgd optimizer.momentum=0 optimizer.lr=0.5 compute.threads=1)
train graph 2 train.epochs=20 train.evaluate_every=0
python3 -c 'import json; assert json.load(open("graph/result.json"))["metrics"]["val"]["accuracy"] > 0.5' || fail "graph: accuracy"

# Mistakes.
refuse() {  # refuse TEXT OVERRIDES...: one error that contains TEXT
  "$laconic" validate "$config" "${net[@]}" "${sasg[@]}" "${@:2}" >out.txt 2>&1 && fail "not refused: $1"
  grep -qF "$1" out.txt || fail "no '$1' in: $(cat out.txt)"
}
refuse "optimizer.kind: value adam: messages of method.kind: sasg are steps of plain gradient descent; allowed: sgd" optimizer.kind=adam
refuse "optimizer.momentum: value 0.9" optimizer.momentum=0.9
refuse "optimizer.clip_norm: value 1" optimizer.clip_norm=1
refuse "method.density: value 0 is out of range; allowed: a number > 0 and <= 1" method.density=0
refuse "method.check_every: value 9: more than method.max_staleness (4)" method.check_every=9
refuse "did you mean sasg?" method.kind=LASG
ranks 3 "$laconic" train "$config" run.dir=refused "${net[@]}" method=sasg method.workers=2 >out.txt 2>&1 && fail "a rank without a worker"
grep -q "method.workers: value 2: fewer than the 3 ranks" out.txt || fail "ranks without workers: $(cat out.txt)"
echo "lazy workers keep their promises"
