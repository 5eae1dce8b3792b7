#!/usr/bin/env bash
# SASG beside SGD, top-k with memory and LASG: 784-512-10 on MNIST, ten workers with batches of 10, 20 epochs, three seeds. Prints
# the test accuracy, the uploads and the bytes until it first reaches 98 %, in both directions. Exit 1 when a bar is missed.
#   sasg.sh [DATA [SEEDS]]     DATA: folder with mnist/, default $LACONIC_DATA
source "$(dirname "$0")/lib.sh"
data=${1:-${LACONIC_DATA:?give the data folder, or set LACONIC_DATA}}
[[ -e $data/mnist/train-images-idx3-ubyte.gz ]] || { echo "SKIPPED: no $data/mnist"; exit 77; }

train=("$root/configs/studies/sasg/mnist.yaml" "${2:-3}" data.source.idx.folder="$data/mnist" observe.progress=off
  observe.tensorboard=false compute.threads=1)
# Ten workers that always send all are one rank with batches of 100; a dense gradient has 4 bytes per element.
study sgd "${train[@]}" method=data_parallel train.batch=100
launch=(mpirun -n 2)
study sasg "${train[@]}" method.server=true
if [[ -z ${SHORT:-} ]]; then
  study sparse "${train[@]}" method.server=true method.alpha_scale=0
  study lasg "${train[@]}" method.server=true method.density=1 method.value_type=float32
fi
python3 "$root/tests/studies/uploads.py" "$results" 0.98
