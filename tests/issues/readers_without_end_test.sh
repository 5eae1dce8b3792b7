#!/usr/bin/env bash
# laconic reads plain files only. It refuses a device without an end, and a FIFO without a writer,
# at once.
. "$(dirname "$0")/common.sh"
limit=5
"$laconic" train "$tiny" run.dir=run train.epochs=1 >log 2>&1 || fail "no run to look at"
mkfifo fifo
for odd in /dev/zero "$PWD/fifo"; do
  expect 65 'is not a file' "$laconic" data inspect "$odd"
  expect 65 'is no plain file' "$laconic" train "$tiny" run.dir=other run.if_exists=new data.source.format=debian data.source.debian.packages="$odd"
  mkdir -p idx
  for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do ln -sfn "$odd" idx/$name-ubyte; done
  expect 65 'is not a file' "$laconic" data inspect idx
  rm -rf copy && cp -r run copy && ln -sfn "$odd" copy/result.json
  expect 65 'is no plain file' "$laconic" summary copy
  ln -sfn "$odd" copy/metrics.jsonl
  expect 0 '' "$laconic" report copy -o page.html
done
