#!/usr/bin/env bash
# Independent subnets beside one machine: 784-256-256-10 on 9,000 digits, the same number of steps per site, rounds of 20, three
# seeds; and the control in which sites never exchange. Exit 1 when a bar is missed.
#   ist.sh [DATA]     DATA: folder with mnist/, default $LACONIC_DATA
source "$(dirname "$0")/lib.sh"
data=${1:-${LACONIC_DATA:?give the data folder, or set LACONIC_DATA}}
[[ -e $data/mnist/train-images-idx3-ubyte.gz ]] || { echo "SKIPPED: no $data/mnist"; exit 77; }

train=("$root/configs/studies/ist/mnist.yaml" 3 data.source.idx.folder="$data/mnist" observe.progress=off observe.tensorboard=false
  compute.threads=1)
study one "${train[@]}" method.sites=1
for n in 2 4 8; do study "ist$n" "${train[@]}" method.sites=$n; done
study fixed4 "${train[@]}" method.sites=4 method.steps=1600
table accuracy 'ist2 - one >= -3.1' 'ist4 - one >= -4.6' 'ist8 - one >= -5.6' 'ist4 - fixed4 >= 0'
