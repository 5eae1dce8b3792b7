#!/usr/bin/env bash
# Every shipped configuration is valid and plans or explains; the documented verbs answer.
. "$(dirname "$0")/common.sh"
find "$source/configs" -path '*/sweeps' -prune -o -name '*.yaml' -print | while read -r file; do
  # Studies are told their data on the command line.
  "$laconic" validate "$file" data.source.file=any.h5 data.source.idx.folder=any >/dev/null 2>err.txt || { cat err.txt; exit 1; }
done || fail "an invalid shipped configuration"
for file in "$source"/configs/sweeps/*.yaml; do "$laconic" sweep plan "$file" >/dev/null || fail "sweep plan $file"; done
"$laconic" schema optimizer.lr | grep -q 'learning rate' || fail "schema optimizer.lr"
"$laconic" schema --format json | head -c1 | grep -q '{' || fail "schema json"
"$laconic" schema --format markdown | grep -q 'clusters_per_batch' || fail "schema markdown"
"$laconic" plan -n 4 "$planted" > plan.txt && grep -q 'on the wire' plan.txt && ! grep -q 'time per epoch' plan.txt || fail plan
# The bytes of an epoch are those that a run counts; its time is measured only where asked for, and leaves no files.
"$laconic" plan --time -n 2 "$planted" train.epochs=2 > plan.txt || fail "plan --time"
grep -Eq '^time per epoch .* of work and .* of exchange.*an evaluation takes .* s \(measured here, [0-9]+ units(, 2 ranks at once)?\)$' plan.txt || fail "time: $(cat plan.txt)"
ranks 2 "$laconic" train "$planted" run.dir=planned train.epochs=2 >/dev/null 2>&1 || fail "train"
python3 - planned/result.json "$(sed -n 's/^sent per epoch *\([0-9.]*\) kB per rank.*/\1/p' plan.txt)" <<'P' || fail "bytes per epoch: $(grep '^sent' plan.txt)"
import json, sys
sent = json.load(open(sys.argv[1]))["course"]["bytes_sent"][-1] / 2
assert abs(sent - 1e3 * float(sys.argv[2])) < 0.02 * sent, (sent, sys.argv[2])
P
"$laconic" version | grep -q oneDNN || fail version
"$laconic" train "$planted" run.dir=run >/dev/null || fail train
"$laconic" eval run | grep -q accuracy || fail eval
"$laconic" predict run -o p.csv >/dev/null && [ "$(wc -l < p.csv)" -eq 3001 ] || fail "predict csv"
"$laconic" predict run -o p.h5 >/dev/null && h5dump -H p.h5 | grep -q '( 3000, 6 )' || fail "predict hdf5"
"$laconic" data build "$planted" g.h5 >/dev/null && "$laconic" data inspect g.h5 | grep -q '3000' || fail "data build"
"$laconic" summary run | grep -q 'commonest class' || fail summary
# The same verbs on images.
shapes=$source/tests/system/shapes.yaml
"$laconic" plan -n 2 "$shapes" | grep -q 'conv2d' || fail "plan of a convolutional network"
"$laconic" data inspect "$shapes" | grep -q 'triangle' || fail "data inspect of images"
ranks 2 "$laconic" train "$shapes" run.dir=images >/dev/null || fail "train on images"
"$laconic" predict images -o images.csv >/dev/null && [ "$(wc -l < images.csv)" -eq 321 ] || fail "predict images"
head -1 images.csv | grep -q '^image,name,split,label,prediction,probability$' || fail "heads of the predictions"
[ "$(grep -c ',test,' images.csv)" -eq 64 ] || fail "predictions of test images"
"$laconic" predict images -o images.h5 >/dev/null && h5dump -H images.h5 | grep -q '( 320, 5 )' || fail "predict images hdf5"
"$laconic" eval images | grep -q '"train"' || fail "eval of images scores every split"
"$laconic" summary images | grep -q 'commonest class' || fail "summary of images"
"$laconic" train "$shapes" run.dir=mlp model.kind=mlp model.layers=2 >/dev/null || fail "an mlp on images"
"$laconic" bench epoch --epochs 1 "$shapes" | grep -q products_alone || fail "bench epoch on images"
# Packages of small sections have no label: the summary counts them nowhere.
for i in $(seq 1 400); do
  section=editors; [ $((i % 2)) -eq 0 ] && section=games; [ $((i % 40)) -eq 0 ] && section=rare$i
  printf 'Package: p%d\nVersion: 1\nSection: %s\nDepends: p%d\nDescription: %s thing\n\n' "$i" "$section" $((i / 2 + 1)) "$section"
done > Packages
debian=(data.source.format=debian data.source.debian.packages=Packages data.parts=4 run.dir=packages)
"$laconic" train "$planted" "${debian[@]}" >/dev/null 2>err.txt || fail "train on packages: $(cat err.txt)"
"$laconic" summary packages | grep -q 'commonest class .*[3-6][0-9]\.[0-9] %' || fail "summary with unlabelled nodes"
"$laconic" inspect run | grep -q 'optimizer/moment1' || fail inspect
# A checkpoint's tensors are plain HDF5.
h5dump -d /parameters "$(ls -d run/checkpoints/step-* | tail -1)/rank0.h5" | grep -q DATA || fail h5dump
# A second run starts from the first one's parameters.
"$laconic" train "$planted" run.dir=again model.init_from=run train.epochs=0 >/dev/null || fail init_from
echo "shipped configurations and verbs work"
