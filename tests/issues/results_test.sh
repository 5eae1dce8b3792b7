#!/usr/bin/env bash
# The results of a run are true and readable. A resume keeps the configuration's hash. The exposed
# part of the exchange is at most the whole. Results with missing values can be shown.
. "$(dirname "$0")/common.sh"
value() { tr -d ' \n' <"$1/result.json" | grep -o "\"$2\":[^,}]*" | head -1 | cut -d: -f2; }
"$laconic" train "$tiny" run.dir=whole >log 2>&1 || fail "whole"
"$laconic" train "$tiny" run.dir=cut run.max_steps=5 >log 2>&1 || fail "cut"
cp -r cut moved
"$laconic" resume moved run.max_steps=0 >log 2>&1 || fail "resume"
[ "$(value moved config_hash)" = "$(value whole config_hash)" ] || fail "config_hash is another after a resume"
"$laconic" train "$tiny" run.dir=other optimizer.lr=0.02 train.epochs=1 >log 2>&1 || fail "other"
[ "$(value other config_hash)" != "$(value whole config_hash)" ] || fail "config_hash does not see optimizer.lr"
seconds() { tr -d ' \n' <"$1/result.json" | grep -o '"time_s":{[^}]*' | grep -o "\"$2\":[^,]*" | cut -d: -f2; }
for run in whole moved; do
  awk "BEGIN { exit !($(seconds $run exchange_exposed) <= $(seconds $run exchange)) }" || fail "$run: more exposed than exchanged"
done
count=0 deep=$(head -c 50000 /dev/zero | tr '\0' '[')$(head -c 50000 /dev/zero | tr '\0' ']')
for result in '{}' '{"status":"completed"}' '{"metrics":5,"phases":7,"figures":{"a":1},"ranks":"two"}' \
  '{"figures":[1,{"name":3}],"monitor":{},"baselines":[[1]],"time_s":{"total":"x"},"time_over_ranks_s":[]}' \
  '{"metrics":{"val":{"accuracy":null}},"monitor":"val/accuracy","figures":null,"straggler":{"rank":"0"}}' \
  "{\"metrics\":$deep}" "{\"baselines\":$deep}" "{\"figures\":$deep}" "{\"phases\":{\"a\":$deep}}" '[1]' 'null' ''; do
  odd=odd$((++count))
  mkdir $odd && cp whole/*.json* $odd && printf '%s' "$result" >$odd/result.json
  timeout 10 "$laconic" summary $odd >log 2>&1
  case $? in 0 | 65) ;; *) cat log >&2; fail "summary of ${result:0:60}" ;; esac
done
expect 0 '' "$laconic" report odd* whole -o page.html
