#!/usr/bin/env bash
# Bad input gets one clear error with the documented code, once (not once a rank), and leaves nothing half-written.
. "$(dirname "$0")/common.sh"

expect() {  # expect CODE PATTERN COMMAND...
  local code=$1 pattern=$2; shift 2
  "$@" >out.txt 2>err.txt
  local got=$?
  [ $got -eq "$code" ] || fail "$*: exit code $got, expected $code: $(cat err.txt)"
  grep -Eq "$pattern" err.txt || fail "$*: no /$pattern/ in: $(cat err.txt)"
}
once() { [ "$(grep -c '^laconic:' err.txt)" -eq 1 ] || fail "not exactly one error: $(cat err.txt)"; }

cat > typo.yaml <<Y
optimizer: {lrr: 0.1}
model: {layers: many}
Y
expect 78 'typo.yaml:1:13: optimizer.lrr: .*lr' "$laconic" validate typo.yaml
grep -q 'typo.yaml:2:17: model.layers' err.txt || fail "second mistake not reported: $(cat err.txt)"
expect 78 'optimizer.lr' "$laconic" train "$planted" optimizer.lr=-1 run.dir=never
[ ! -e never ] || fail "an invalid configuration made a run folder"
expect 78 'data.features: bits needs model.input_dropout: 0' "$laconic" validate "$planted" data.features=bits model.input_dropout=0.5
"$laconic" validate "$planted" data.features=bits >/dev/null || fail "bits refused where they can be multiplied"
expect 64 'required' "$laconic" train
expect 64 'density' "$laconic" bench select --density 0
expect 78 'missing.yaml' "$laconic" train missing.yaml
expect 65 'no_such.h5' "$laconic" train "$planted" data.source.format=hdf5 data.source.file=no_such.h5 run.dir=never2
head -c 3000 "$laconic" > broken.h5
expect 65 'broken.h5' "$laconic" data inspect broken.h5
expect 65 'more .*than|parts' "$laconic" train "$planted" data.parts=5000 data.clusters_per_batch=1 run.dir=toomany
expect 66 'checkpoint' "$laconic" verify "$work"
expect 79 'not finite' "$laconic" train "$planted" optimizer.kind=sgd optimizer.lr=1e30 run.dir=diverged
grep -q '"status": "failed"' diverged/outcome.json || fail "outcome of a diverged run"
"$laconic" train "$planted" run.dir=done >/dev/null || fail "training"
expect 73 'laconic resume .*done' "$laconic" train "$planted" run.dir=done
expect 78 'configuration' "$laconic" resume "done" optimizer.lr=0.5 train.epochs=4
grep -q '"status": "completed"' done/outcome.json || fail "a refused resume took away the outcome of a finished run"
# Images: no data, data that are damaged, networks that do not fit the data.
mnist=$source/configs/studies/oktopk/cnn_mnist.yaml shapes=$source/tests/system/shapes.yaml
expect 65 'no train-images-idx3-ubyte.*data.source.idx.folder must name' "$laconic" train "$mnist" data.source.idx.folder=nowhere run.dir=never4
expect 78 'data.source.idx.folder: required' "$laconic" validate "$shapes" data.source.format=idx
expect 78 'model.kind: gcn needs the edges of a graph' "$laconic" validate "$shapes" model.kind=gcn
expect 78 'model.kind: cnn needs images' "$laconic" validate "$planted" model.kind=cnn
expect 78 'finds an image of 3 x 3 only' "$laconic" train "$shapes" 'model.channels=[8, 8, 8]' model.pool=4 run.dir=never5
mkdir idx
printf '\0\0\10\3\0\0\0\2\0\0\0\2\0\0\0\2abcdefgh' | tee idx/train-images-idx3-ubyte > idx/t10k-images-idx3-ubyte
printf '\0\0\10\1\0\0\0\2\0\1' > idx/train-labels-idx1-ubyte
printf '\0\0\10\1\0\0\0\2\0\7' > idx/t10k-labels-idx1-ubyte
"$laconic" data inspect idx/train-images-idx3-ubyte | grep -q '2 of 2 x 2 x 1' || fail "data inspect of an idx file"
expect 65 't10k-labels-idx1-ubyte: byte 9: label 7 of image 1; allowed: 0 to 1' "$laconic" data inspect idx
once
head -c 20 idx/train-images-idx3-ubyte > idx/short-ubyte
expect 65 'idx/short-ubyte: byte 20: the file ends within its data' "$laconic" data inspect idx/short-ubyte
expect 64 'only graphs can be written' "$laconic" data build "$shapes" shapes.h5
# With two ranks the first cause is told once.
expect 65 'no_such.h5' ranks 2 "$laconic" train "$planted" data.source.format=hdf5 data.source.file=no_such.h5 run.dir=never3
once
# Two owners of one folder.
"$laconic" train "$planted" run.dir=busy train.epochs=1000000 >busy.log 2>&1 &
pid=$!
until [ -s busy/metrics.jsonl ]; do sleep 0.05; kill -0 $pid 2>/dev/null || fail "ended too early: $(cat busy.log)"; done
expect 69 'busy' "$laconic" resume busy
kill $pid; wait $pid 2>/dev/null
echo "bad input is told once, with its address"
