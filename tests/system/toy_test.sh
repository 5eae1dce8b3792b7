#!/usr/bin/env bash
# A method that trains no network (tests/toy) is served by every verb, and a killed run of it ends with the same bits.
. "$(dirname "$0")/common.sh"
printf 'name: toy\nmethod: {kind: descent, steps: 60, lr: 0.02}\ntrain: {evaluate_every: 2}\ncheckpoint: {every_steps: 10}\nobserve: {progress: "off"}\n' > toy.yaml
"$laconic" schema method.lr | grep -q 'step size' || fail "schema lacks a key of the method"
"$laconic" schema model >/dev/null 2>&1 && fail "schema has a section that no method reads"
"$laconic" schema --format json | grep -q '"dimension"' || fail "JSON Schema lacks a key of the method"
"$laconic" validate toy.yaml >/dev/null || fail validate
"$laconic" validate toy.yaml method=descent method.dimension=7 >/dev/null || fail "the short form of method"
"$laconic" validate toy.yaml method.dimensoin=7 2>&1 | grep -q 'method.dimension' || fail "a misspelt key of the method"
"$laconic" plan -n 2 toy.yaml > plan.txt || fail plan
grep -q peak plan.txt || fail "plan says nothing of the peak memory: $(cat plan.txt)"
"$laconic" train toy.yaml run.dir=monitor train.monitor=loss 2>&1 | grep -q "train.monitor: there is no score 'loss'; allowed: auto, error" ||
  fail "a monitor that is no score"
for R in 1 2; do
  ranks $R "$laconic" train toy.yaml run.dir=run$R >/dev/null || fail "training on $R ranks"
  for k in 3 17 41; do
    run=killed$R.$k
    LACONIC_FAULT=train.step:$k ranks $R "$laconic" train toy.yaml run.dir=$run >/dev/null 2>&1 && fail "$run was not killed"
    ranks $R "$laconic" resume $run >/dev/null 2>&1 || fail "resume of $run"
    [ "$("$laconic" inspect --fingerprint run$R)" = "$("$laconic" inspect --fingerprint $run)" ] || fail "$run: state differs"
    cmp run$R/metrics.jsonl $run/metrics.jsonl || fail "$run: metrics differ"
  done
done
[ "$("$laconic" inspect --fingerprint run1)" != "$("$laconic" inspect --fingerprint run2)" ] || fail "noise does not depend on the rank"
grep -q '"decades": 6' run2/result.json && grep -q '"better": "lower"' run2/result.json || fail "result.json: $(cat run2/result.json)"
grep -q '"parameters"' run2/result.json && fail "a method without parameters has some"
"$laconic" eval run2 | grep -q '"error"' || fail eval
"$laconic" predict run2 2>&1 | grep -q 'trained no network' || fail "predict gives no reason"
"$laconic" summary run2 --against "one rank=run1" > summary.txt || fail summary
grep -q 'error' summary.txt || fail "summary: $(cat summary.txt)"
"$laconic" report run1 run2 killed1.17 -o report.html >/dev/null || fail report
grep -q 'error' report.html || fail "report lacks the score"
# Patience: the best is not the last, and the run says so.
"$laconic" train toy.yaml run.dir=patient method.noise=3 method.steps=400 train.patience=3 >/dev/null || fail patience
grep -q '"steps": 400' patient/result.json && fail "patience did not end the run"
# A signal stops it with a checkpoint.
"$laconic" train toy.yaml run.dir=stopped method.steps=100000000 >/dev/null 2>&1 & pid=$!
until [ -s stopped/metrics.jsonl ]; do sleep 0.05; done
kill -TERM $pid; wait $pid; [ $? -eq 75 ] || fail "a signal"
printf 'name: toys\nbase: toy.yaml\ngrid: {method.lr: [0.01, 0.02]}\n' > sweep.yaml
"$laconic" sweep run sweep.yaml >/dev/null 2>&1 || fail sweep
"$laconic" sweep status runs/toys | grep -q 'error' || fail "sweep status: $("$laconic" sweep status runs/toys)"
echo "a method without a network is served by every verb"
