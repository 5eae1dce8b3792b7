#!/usr/bin/env bash
# Own data, from import to predictions on other data and to exported weights. With h5py: Cora and Amazon Computers as PyTorch
# Geometric, gnn-benchmark and OGB store them, and the recipe of docs/formats.md. Data: LACONIC_DATA, or ../shared/data.
. "$(dirname "$0")/common.sh"
tool=$source/tests/system/own_data.py
refuse() {  # refuse CODE PATTERN COMMAND...
  local code=$1 pattern=$2; shift 2
  "$@" >out.txt 2>err.txt
  [ $? -eq "$code" ] || fail "$*: expected code $code: $(cat err.txt)"
  grep -Eq "$pattern" err.txt && [ "$(grep -c '^laconic:' err.txt)" -eq 1 ] || fail "$*: no /$pattern/ in: $(cat err.txt)"
}

# Tables without any other program.
mkdir mine other
awk 'BEGIN {for (v = 0; v < 600; ++v) for (k = 1; k < 4; ++k) print v "," (v + 3 * k) % 600}' > mine/edges.csv
awk 'BEGIN {srand(1); for (v = 0; v < 600; ++v) print (v % 3 == 0) "," rand() "," (v % 3 == 1)}' > mine/features.csv
awk 'BEGIN {print "label"; split("red green blue", name, " "); for (v = 0; v < 600; ++v) print name[v % 3 + 1]}' > mine/labels.csv
"$laconic" data inspect mine | grep -q 'green' || fail "data inspect of a folder of tables"
"$laconic" data import mine -o mine.h5 | grep -q '1800 edges without direction' || fail "data import"
refuse 73 'mine.h5: exists' "$laconic" data import mine -o mine.h5
refuse 65 'splits: missing; .*data.source.split=random' "$laconic" train "$source/configs/quick/own_graph.yaml" data.source.file=mine.h5 run.dir=never
"$laconic" train "$source/configs/quick/own_graph.yaml" data.source.file=mine.h5 data.source.split=random data.standardise=true \
  train.class_weights=balanced observe.progress=off run.dir=run >/dev/null 2>err.txt || fail "train: $(cat err.txt)"
"$laconic" predict run -o mine.csv >/dev/null || fail predict
[ "$(head -1 mine.csv)" = node,name,split,label,prediction,probability ] || fail "head of the predictions: $(head -1 mine.csv)"
[ "$(grep -c ',train,' mine.csv)" -eq 360 ] || fail "the split of the predictions"
awk -F, 'NR > 1 && !($6 > 0.3 && $6 <= 1) {exit 1}' mine.csv || fail "a probability is none"

# The same graph as other data gives the same predictions; the classes of a part of it are found by their names.
"$laconic" predict run --data mine -o again.csv >/dev/null || fail "predict --data"
cmp <(cut -d, -f1,4- mine.csv) <(cut -d, -f1,4- again.csv) || fail "the same graph, other predictions"
[ "$(grep -c ',test,' again.csv)" -eq 600 ] || fail "a graph without a split is for test"
head -300 mine/features.csv > other/features.csv
awk -F, '$1 < 300 && $2 < 300' mine/edges.csv > other/edges.csv
awk 'NR == 1 || NR % 3 != 2' mine/labels.csv | head -301 | sed 's/red/blue/' > other/labels.csv
"$laconic" eval run --data other | grep -q '"test"' || fail "eval --data"
rm other/labels.csv
"$laconic" predict run --data other -o other.csv >/dev/null || fail "predict without labels"
grep -q '^0,,test,,' other.csv || fail "a node without a label: $(sed -n 2p other.csv)"
sed 's/$/,1/' mine/features.csv > other/features.csv
refuse 65 '4 features, but the network was trained with 3' "$laconic" predict run --data other
cp mine/features.csv mine/edges.csv other; sed 's/green/pink/' mine/labels.csv > other/labels.csv
refuse 65 'class pink is none of the network.s; allowed: blue, green, red' "$laconic" eval run --data other
refuse 65 'nowhere: no such file' "$laconic" eval run --data nowhere
refuse 78 'class_weights: value heavy; allowed: none, balanced' "$laconic" validate "$source/configs/quick/own_graph.yaml" train.class_weights=heavy data.source.file=x
refuse 78 'class_weights: 2 numbers, but there are 3 classes' "$laconic" train "$source/configs/quick/own_graph.yaml" data.source.file=mine.h5 data.source.split=random 'train.class_weights=[1, 2]' run.dir=never2

"$laconic" export run -o w.npz | grep -q 'weight' || fail "export to npz"
"$laconic" export run -o w.safetensors >/dev/null || fail "export to safetensors"
refuse 64 'must end in .npz or .safetensors' "$laconic" export run -o w.pt

"$python" "$tool" weights w.npz w.safetensors run
case $? in 0) ;; 77) exit 0 ;; *) fail "the exported weights" ;; esac
data=${LACONIC_DATA:-$source/../shared/data}
[ -e "$data/graphs/cora.h5" ] || { echo "SKIPPED: no $data/graphs/cora.h5; LACONIC_DATA names the folder"; exit 0; }
for what in cora:planetoid amazon_cs:per20_s0; do
  graph=$data/graphs/${what%:*}.h5 split=${what#*:}
  "$python" "$tool" make foreign "$graph" "$split" || fail "making files of $graph"
  for form in pyg.npz benchmark.npz ogb; do
    rm -f back.h5
    "$laconic" data import "foreign/$form" -o back.h5 > out.txt || fail "import of $form of $graph"
    "$python" "$tool" same "$graph" back.h5 "$split" || fail "$form of $graph differs: $(cat out.txt)"
  done
  "$laconic" data inspect foreign/recipe.h5 >/dev/null || fail "the recipe of docs/formats.md"
  "$python" "$tool" same "$graph" foreign/recipe.h5 "$split" || fail "the recipe of docs/formats.md differs"
  rm -r foreign
done
echo "own data go in, and weights come out"
