#!/usr/bin/env bash
# Training with 1 % of the gradient beside training with all of it: the same steps, 4 ranks, three seeds, and the control
# without error feedback. Exit 1 when a bar is missed.
#   oktopk.sh [--only gcn|cnn] [DATA]     DATA: folder with graphs/amazon_cs.h5 and mnist/, default $LACONIC_DATA
source "$(dirname "$0")/lib.sh"
only=
[[ "${1:-}" == --only ]] && only=$2 && shift 2
data=${1:-${LACONIC_DATA:?give the data folder, or set LACONIC_DATA}}
launch=(mpirun -n 4)

compare() {  # compare NAME CONFIG [key=value ...]: dense, oktopk, forgetful
  local name=$1 config=$root/configs/studies/$2
  [[ -z "$only" || "$only" == "$name" ]] || return 0
  shift 2
  set -- "$config" 3 observe.progress=off observe.tensorboard=false compute.threads=1 data.cache_dir="$results/cache" "$@"
  study "${name}_dense" "$@"
  study "${name}_oktopk" "$@" comm.allreduce=oktopk comm.value_type=float32 comm.density=0.01 comm.auto_dense=false comm.xi_every=50
  study "${name}_forgetful" "$@" comm.allreduce=oktopk comm.value_type=float32 comm.density=0.01 comm.auto_dense=false comm.error_feedback=false
}
# About 900 steps: enough for 1 % a step to have said everything several times.
compare gcn cluster_gcn/amazon_computers.yaml data.source.file="$data/graphs/amazon_cs.h5" train.epochs=120 \
  data.clusters_per_batch=2 train.evaluate_every=10
# 422 steps of 4 x 32 images.
compare cnn oktopk/cnn_mnist.yaml data.source.idx.folder="$data/mnist" train.epochs=1 train.batch=32

bars=()
for name in gcn cnn; do
  [[ -z "$only" || "$only" == "$name" ]] && bars+=("${name}_oktopk - ${name}_dense >= -0.5")
done
python3 "$root/tests/studies/traffic.py" "$results"
table accuracy "${bars[@]}"
