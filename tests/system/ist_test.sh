#!/usr/bin/env bash
# Independent subnets: one site is plain training; the bits do not depend on the number of ranks that host the sites; a run
# that is killed in mid-round goes on with the same bits, on any number of ranks; bytes are those of the formula; what
# cannot be divided is refused with the reason.
. "$(dirname "$0")/common.sh"
launch() { if [ "$1" -eq 1 ]; then "$laconic" "${@:2}"; else ranks "$1" "$laconic" "${@:2}"; fi; }
train() { launch "$2" train "$config" run.dir="$1" "${net[@]}" "${@:3}" >/dev/null 2>err.txt || fail "$1: $(cat err.txt)"; }
# The tensors of a run's newest checkpoint with their hashes, but for what one rank more or less changes.
tensors() { "$laconic" inspect "$1" | awk '$4 == "keyed" || /sampler|best/ {print $1, $NF}' | sort; }
hash() { "$laconic" inspect "$1" | awk -v t="$2" '$1 == t {print $NF}'; }

config=$source/tests/system/shapes.yaml  # 12 batches an epoch
net=(model.kind=mlp model.layers=3 model.hidden=16 model.norm=batch train.recalibrate=2)
ist=(method.kind=ist method.steps=5)
# One site: nothing is left out, in the middle of a round either. The statistics are recalibrated in both.
for rule in adam sgd; do
  more=("optimizer.kind=$rule" model.dropout=0.2)
  [ $rule = adam ] || more+=(optimizer.momentum=0.9 train.accumulate=2 optimizer.clip_norm=1)
  train plain.$rule 1 "${more[@]}"
  train one.$rule 1 "${more[@]}" "${ist[@]}" method.sites=1
  for tensor in parameters best/parameters best/state/average best/figures; do
    [ -n "$(hash plain.$rule $tensor)" ] && [ "$(hash plain.$rule $tensor)" = "$(hash one.$rule $tensor)" ] ||
      fail "$rule: one site and data_parallel differ in $tensor"
  done
  [ "$(hash plain.$rule optimizer/moment1)" = "$(hash one.$rule site/0/optimizer/moment1)" ] || fail "$rule: moments differ"
done
train reset 1 optimizer.kind=adam model.dropout=0.2 "${ist[@]}" method.sites=1 method.optimizer_state=reset
[ "$(hash plain.adam parameters)" != "$(hash reset parameters)" ] || fail "optimizer_state: reset changes nothing"

# Ranks; the layers have 16 units, so 5 sites do not divide them.
for sites in 4 5; do
  train on1.$sites 1 "${ist[@]}" method.sites=$sites
  tensors on1.$sites > expected.$sites
  grep -q 'site/3/home/moment2' expected.$sites || fail "no moments at home"
done
train on3.4 3 "${ist[@]}" method.sites=4
train on4.4 4 "${ist[@]}" method.sites=4
train on2.5 2 "${ist[@]}" method.sites=5
for run in on3.4 on4.4 on2.5; do
  tensors $run | diff - expected.${run#*.} || fail "$run: bits depend on the number of ranks"
  cmp $run/metrics.jsonl on1.${run#*.}/metrics.jsonl || fail "$run: metrics depend on the number of ranks"
done
train other 1 "${ist[@]}" method.sites=4 method.partition=stratified  # the control
tensors other | diff -q - expected.4 >/dev/null && fail "another partition has the same bits"

# Killed in the middle of a round; an epoch of 12 batches has 3 steps for 4 sites.
LACONIC_FAULT=train.step:9 launch 2 train "$config" run.dir=killed "${net[@]}" "${ist[@]}" method.sites=4 \
  checkpoint.every_steps=2 >/dev/null 2>&1 && fail "the fault point did not kill"
[ -d killed/checkpoints/step-8 ] || [ -d killed/checkpoints/step-6 ] || fail "no checkpoint in mid-round"
cp -r killed again
launch 2 resume killed >/dev/null 2>err.txt || fail "resume: $(cat err.txt)"
launch 3 resume again >/dev/null 2>err.txt || fail "resume on 3 ranks: $(cat err.txt)"
for run in killed again; do
  tensors $run | diff - expected.4 || fail "$run: other bits after a kill"
  cmp $run/metrics.jsonl on1.4/metrics.jsonl || fail "$run: other metrics after a kill"
done
train started 2 "${ist[@]}" run.max_steps=2  # sites: the number of ranks at the start
launch 1 resume started run.max_steps=0 >/dev/null 2>err.txt || fail "resume on 1 rank: $(cat err.txt)"
train two 1 "${ist[@]}" method.sites=2
tensors started | diff - <(tensors two) || fail "the number of sites followed that of the ranks"

# Bytes. With 16 units per layer and 4 sites a stratified deal leaves a quarter of each slice at home.
bytes=(method.sites=4 method.partition=stratified train.epochs=4 train.evaluate_every=0 model.bias=false)
train adam.bytes 4 "${ist[@]}" "${bytes[@]}" optimizer.kind=adam
train sgd.bytes 4 "${ist[@]}" "${bytes[@]}" optimizer.kind=sgd optimizer.momentum=0
train star.bytes 2 "${ist[@]}" "${bytes[@]}" optimizer.kind=sgd optimizer.momentum=0
python3 - <<'PY' || fail "bytes"
import json
H, n, inputs = 16, 4, 144
run = json.load(open("sgd.bytes/result.json"))
outputs = (run["parameters"] - (inputs * H + H * H + 4 * H)) // H
P = inputs * H + H * H + H * outputs + 4 * H
D = inputs * H + H * outputs + H * H // n + 4 * H
assert run["parameters"] == P, (run["parameters"], P)
dispatches, gathers = 3, 2  # 12 steps in rounds of 5
for name, arrays, ranks, stays in (("sgd", 1, 4, 1 / 4), ("adam", 3, 4, 1 / 4), ("star", 1, 2, 1 / 2)):
    sent = json.load(open(f"{name}.bytes/result.json"))["comm"]["sent_by_phase"]
    total = {purpose: round(ranks * of["mean"]) for purpose, of in sent.items()}
    moved = 4 * arrays * D * (1 - stays)
    assert total["dispatch"] == dispatches * moved, (name, total, moved)
    assert total["gather"] == gathers * moved, (name, total, moved)
    assert total["scatter"] == 4 * P * (1 - stays), (name, total)
    # The last evaluation is in mid-round: what is at home, and over it what the sites have.
    assert total["evaluate"] == 4 * (P + D) * (1 - stays), (name, total)
    assert set(total) == {"dispatch", "gather", "scatter", "evaluate"}, total
PY
"$laconic" plan -n 4 "$config" "${net[@]}" "${ist[@]}" > plan.txt || fail plan
"$laconic" plan --time -n 2 "$config" "${net[@]}" "${ist[@]}" >/dev/null 2>err.txt || fail "plan --time: $(cat err.txt)"
grep -q '^sites .*4 on 4 ranks' plan.txt || fail "plan does not show the sites: $(cat plan.txt)"

# What others do with such a run.
"$laconic" eval on4.4 > eval.json || fail eval
train batch 2 "${ist[@]}" method.sites=4 method.bn_eval=batch train.recalibrate=0 train.epochs=40 train.evaluate_every=10
"$laconic" eval batch > batch.json || fail "eval with the statistics of batches"
python3 - <<'PY' || fail "eval gives other scores than the run"
import json
then, now = json.load(open("on4.4/result.json"))["metrics"], json.load(open("eval.json"))
assert all(abs(then[s]["loss"] - now[s]["loss"]) < 1e-9 for s in ("val", "test")), (then, now)
then, now = json.load(open("batch/result.json"))["metrics"], json.load(open("batch.json"))
assert then["val"]["accuracy"] > 0.18, then  # one of seven classes
assert abs(then["val"]["loss"] - now["val"]["loss"]) < 0.2, (then, now)  # eval has other batches: the training images, too
PY
"$laconic" predict batch -o p.csv >/dev/null && "$laconic" export on4.4 -o p.npz >/dev/null || fail "predict, export"
train next 1 model.init_from=on4.4 train.epochs=0
[ "$(hash next parameters)" = "$(hash on4.4 parameters)" ] || fail "model.init_from reads no network of sites"
# A checkpoint has the network of its step, whether one was evaluated or not.
train initial 1 train.epochs=0
LACONIC_FAULT=train.step:9 ranks 2 "$laconic" train "$config" run.dir=unseen "${net[@]}" "${ist[@]}" method.sites=4 \
  checkpoint.every_steps=4 train.evaluate_every=0 >/dev/null 2>&1 && fail "the fault point did not kill"
train from 1 model.init_from=unseen train.epochs=0
[ "$(hash from parameters)" != "$(hash initial parameters)" ] || fail "the checkpoint has the initial network"
config=$planted net=()
train graph 2 "${ist[@]}" method.sites=4 train.epochs=30 train.evaluate_every=0 model.hidden=64 model.norm=batch train.recalibrate=2
python3 -c 'import json; assert json.load(open("graph/result.json"))["metrics"]["val"]["accuracy"] > 0.7' || fail "graph: accuracy"

# Mistakes.
refuse() {  # refuse TEXT OVERRIDES...: one error that contains TEXT
  "$laconic" train "$config" run.dir=refused "${net[@]}" "${ist[@]}" "${@:2}" >out.txt 2>&1 && fail "not refused: $1"
  grep -qF "$1" out.txt || fail "no '$1' in: $(cat out.txt)"
}
refuse "method.sites: value 17: hidden.1 has 16 units, too few for 17 sites; allowed are up to 16 sites" method.sites=17
refuse "combines hidden.2 with hidden.1 element by element" method.sites=2 model.residual=true
refuse "no hidden units" method.sites=2 model.layers=1
refuse "method.bn_eval" method.sites=2 model.norm=batch method.bn_eval=batch
refuse "train.recalibrate: value 0" method.sites=2 model.norm=batch
config=$source/tests/system/shapes.yaml
refuse "of channels.1" method.sites=2
refuse "model.norm_frozen: value true" method.sites=2 model.kind=mlp model.norm=batch model.norm_frozen=true model.init_from=on1.4
ranks 3 "$laconic" train "$config" run.dir=refused model.kind=mlp "${ist[@]}" method.sites=2 >out.txt 2>&1 && fail "a rank without a site"
grep -q "method.sites: value 2: fewer than the 3 ranks" out.txt || fail "ranks without sites: $(cat out.txt)"
echo "independent subnets keep their promises"
