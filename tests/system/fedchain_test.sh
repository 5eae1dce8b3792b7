#!/usr/bin/env bash
# Chains on clients as a user sees them: bytes, kills in each phase, ranks, networks on the data of clients, rows of libsvm,
# mistakes. The mathematics is tested in tests/apps/methods/chain_*_test.cpp.
. "$(dirname "$0")/common.sh"
launch() { if [ "$1" -eq 1 ]; then "$laconic" "${@:2}"; else ranks "$1" "$laconic" "${@:2}"; fi; }
train() { launch "$2" train "$config" run.dir="$1" compute.threads=1 "${keys[@]}" "${@:3}" >/dev/null 2>err.txt || fail "$1: $(cat err.txt)"; }
print() { "$laconic" inspect --fingerprint "$1"; }

# A problem without a network: the configuration of the README, shorter.
config=$source/configs/quick/fedchain.yaml
keys=(method.rounds=40 method.clients_per_round=8)
train one 1
train two 2
[ "$(print one)" = "$(print two)" ] || fail "bits depend on the number of ranks"
cmp one/metrics.jsonl two/metrics.jsonl || fail "metrics depend on the number of ranks"
train other 1 seed=2
[ "$(print one)" != "$(print other)" ] || fail "a seed changes nothing"
for k in 3 30; do
  LACONIC_FAULT=train.step:$k launch 2 train "$config" run.dir=killed$k compute.threads=1 "${keys[@]}" checkpoint.every_steps=2 \
    >/dev/null 2>&1 && fail "the fault point did not kill"
  launch 1 resume killed$k >/dev/null 2>err.txt || fail "resume: $(cat err.txt)"
  [ "$(print one)" = "$(print killed$k)" ] || fail "killed$k: other bits"
  cmp one/metrics.jsonl killed$k/metrics.jsonl || fail "killed$k: other metrics"
done
"$laconic" eval one | grep -q '"gap"' || fail eval
"$laconic" plan -n 4 "$config" | grep -q '^clients .*20 on 4 ranks, 20 per round' || fail "plan: $("$laconic" plan -n 4 "$config")"
"$laconic" predict one 2>&1 | grep -q 'trained no network' || fail "predict gives no reason"

# Bytes on two ranks, of which the second hosts every second client; a number has 8 bytes.
keys=(train.evaluate_every=0 data.clients.count=7 method.rounds=9
  'method.phases=[{kind: local_steps, steps: 2, lr: 0.001, until: {rounds: 5}}, select, {kind: global_steps, lr: 0.001}]')
train bytes 2
python3 - <<'P' || fail "bytes"
import json
result = json.load(open("bytes/result.json"))
sent = {purpose: round(2 * of["mean"]) for purpose, of in result["comm"]["sent_by_phase"].items()}
P, remote, w = result["parameters"], 3, 8
assert P == 20 and result["rounds"] == 9, result
assert sent == {"upload": 8 * remote * (P + 1) * w, "select": remote * 2 * w, "evaluate": remote * (P + 1) * w,
                "broadcast": (8 * (P + 2) + 3 + P + 2) * w}, sent
last = [json.loads(line) for line in open("bytes/metrics.jsonl")]
client_bytes = max(line["client_bytes"] for line in last if "client_bytes" in line)
assert client_bytes == 7 * (8 * (2 * P + 1) + P + 2) * w, client_bytes
P

# A network on the data of clients.
config=$source/tests/system/shapes.yaml
keys=(method=chain model.kind=mlp model.layers=2 model.hidden=16 model.dropout=0 data.clients.count=6 data.clients.split=dirichlet
  method.clients_per_round=3 method.rounds=12 train.evaluate_every=4
  'method.phases=[{kind: local_steps, steps: 5, lr: 0.05, samples: 16, correction: scaffold, until: {share: 0.5}}, select, {kind: global_steps, lr: 0.05, samples: 64}]')
train net 1
train net2 2
[ "$(print net)" = "$(print net2)" ] || fail "network: bits depend on the number of ranks"
LACONIC_FAULT=train.step:4 launch 2 train "$config" run.dir=net.killed compute.threads=1 "${keys[@]}" checkpoint.every_steps=1 \
  >/dev/null 2>&1 && fail "the fault point did not kill"
launch 2 resume net.killed >/dev/null 2>err.txt || fail "resume: $(cat err.txt)"
[ "$(print net)" = "$(print net.killed)" ] || fail "network: other bits after a kill"
"$laconic" eval net >/dev/null && "$laconic" predict net -o p.csv >/dev/null && "$laconic" export net -o w.npz >/dev/null || fail "eval, predict, export"
train iid 1 data.clients.split=iid 'method.phases=[{kind: local_steps, steps: 10, lr: 0.1, samples: 16}]' method.rounds=60 train.evaluate_every=0
python3 -c 'import json; a = json.load(open("iid/result.json"))["metrics"]["val"]["accuracy"]; assert a > 0.3, a' || fail "network: accuracy"  # seven classes

# Rows of libsvm.
awk 'BEGIN {srand(1); for (s = 0; s < 200; ++s) {a = rand(); b = rand(); print (a + 0.3 * b > 0.6 ? 2 : 1), "1:" a, "3:" b}}' > rows.svm
gzip -k rows.svm
printf 'problem: {kind: logistic, file: rows.svm, l2: 0.01}\ndata: {clients: {count: 4, split: by_class}}\nmethod: {kind: global_steps, rule: asg, mu: 0.01, lr: 1, rounds: 300}\ntrain: {evaluate_every: 0}\nobserve: {progress: "off"}\n' > rows.yaml
config=rows.yaml keys=()
train rows 1
train gz 2 problem.file=rows.svm.gz
[ "$(print rows)" = "$(print gz)" ] || fail "rows: plain and gzip differ"
python3 -c 'import json; m = json.load(open("rows/result.json"))["metrics"]; assert m["gradient_norm2"] < 1e-16 and 0 < m["objective"] < 0.69, m' || fail "logistic regression does not converge"

# Mistakes.
refuse() {  # refuse TEXT OVERRIDES...: one error that contains TEXT
  "$laconic" train "$config" run.dir=refused "${keys[@]}" "${@:2}" >out.txt 2>&1 && fail "not refused: $1"
  grep -qF "$1" out.txt || fail "no '$1' in: $(cat out.txt)"
}
refuse "data.clients.count: value 300: client 0 has none of the 200 samples" data.clients.count=300 data.clients.split=iid
refuse "method.clients_per_round: value 5: more than the 4 clients" method.clients_per_round=5
printf '1 1:2 3:x\n-1 1:1\n' > bad.svm
refuse "bad.svm: line 1: at 'x'; allowed: a finite number" problem.file="$PWD/bad.svm"
printf '1 3:1 2:1\n-1 1:1\n' > bad.svm
refuse "bad.svm: line 1: at '2:1'; allowed: columns from 1 that ascend" problem.file="$PWD/bad.svm"
for bad in '1 0:1' '1 2:1 2:1' '1 200000000:1' '1 1:1e99' '1 1:nan' '1 1:1+2:3'; do
  printf '%s\n-1 1:1\n' "$bad" > bad.svm
  refuse "bad.svm: line 1: at '" problem.file="$PWD/bad.svm"
done
printf '1 1:1e-50\n-1 1:1\n' > small.svm
train small 1 problem.file="$PWD/small.svm" data.clients.count=1 method.rounds=2
for bad in '0 1 2 4' '0 1 2' '0 1 x 3'; do
  tr ' ' '\n' <<<"$bad" > clients.txt
  printf '1 1:1\n-1 1:2\n1 1:3\n-1 1:4\n' > four.svm
  refuse "clients.txt: " problem.file="$PWD/four.svm" data.clients.split=file data.clients.file="$PWD/clients.txt"
done
# Other clients are other data.
printf '0\n1\n2\n3\n' > clients.txt
train listed 1 problem.file="$PWD/four.svm" data.clients.split=file data.clients.file="$PWD/clients.txt" run.max_steps=3
printf '1\n0\n2\n3\n' > clients.txt
"$laconic" resume listed run.max_steps=0 >out.txt 2>&1 && fail "resumed with other clients"
grep -q clients out.txt || fail "other clients: $(cat out.txt)"
printf '1 1:1\n3 1:1\n' > bad.svm
refuse "allowed: two, -1 and 1, 0 and 1, or 1 and 2" problem.file="$PWD/bad.svm"
printf 'problem: logistic\nmethod: global_steps\n' > bare.yaml
config=bare.yaml refuse "problem.file: is empty; allowed: a file in libsvm's format"
config=$source/tests/system/shapes.yaml keys=(method=chain 'method.phases=[local_steps]')
refuse "model.norm: value batch" model.kind=mlp model.norm=batch
refuse "model.dropout" model.kind=mlp model.dropout=0.3
refuse "method.probe" method.probe=true
config=$planted
refuse "a graph: methods on clients divide images"
echo "chains keep their promises"
