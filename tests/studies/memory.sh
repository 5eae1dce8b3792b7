#!/usr/bin/env bash
# The peak of resident memory that `laconic plan` forecasts, beside what a run reports (memory_bytes.peak_host, the largest
# rank), dense and Ok-Topk, on 1 and 2 ranks.
#   memory.sh [--mnist FOLDER] [--large]     --large: planted_2m as well (6.4 GB). Exit 1 when a forecast is off by more than 10 %.
source "$(dirname "$0")/lib.sh"
mnist='' large=''
while [ $# -gt 0 ]; do
  case $1 in
    --mnist) mnist=$2; shift 2 ;;
    --large) large=1; shift ;;
    *) echo "usage: memory.sh [--mnist FOLDER] [--large]" >&2; exit 64 ;;
  esac
done
sparse=(comm.allreduce=oktopk comm.density=0.01 comm.auto_dense=false)
missed=0

row() {  # row NAME RANKS CONFIG [key=value ...]
  local name=$1 ranks=$2 run=$results/run
  shift 2
  rm -rf "$run"
  "$laconic" plan -n "$ranks" "$@" > "$results/plan.txt" 2>"$results/log" || { cat "$results/log" >&2; exit 1; }
  mpirun -n "$ranks" "$laconic" train "$@" run.dir="$run" observe.progress=off >"$results/log" 2>&1 || { cat "$results/log" >&2; exit 1; }
  python3 - "$name" "$ranks" "$results/plan.txt" "$run/result.json" <<'P' || missed=1
import json, re, sys
name, ranks, plan, result = sys.argv[1:]
value, unit = re.search(r"^peak memory +([0-9.]+) (MB|GB) per rank", open(plan).read(), re.M).groups()
forecast = float(value) * {"MB": 1, "GB": 1000}[unit]
measured = json.load(open(result))["memory_bytes"]["peak_host"] * 1e-6
off = 100 * (forecast / measured - 1)
print(f"{name:24} {ranks} ranks  plan {forecast:8.1f} MB  measured {measured:8.1f} MB  {off:+6.1f} %", flush=True)
sys.exit(abs(off) > 10)
P
}

for ranks in 1 2; do
  for kind in dense oktopk; do
    extra=()
    [ "$kind" = dense ] || extra=("${sparse[@]}")
    row "planted 20k $kind" $ranks "$root/configs/quick/planted.yaml" train.epochs=2 "${extra[@]}"
    row "planted 300k $kind" $ranks "$root/configs/quick/planted.yaml" data.source.planted.nodes=300000 train.epochs=1 "${extra[@]}"
    row "cluster_gcn $kind" $ranks "$root/configs/quick/cluster_gcn.yaml" train.epochs=2 "${extra[@]}"
    if [ -n "$mnist" ]; then
      cat > "$results/mnist.yaml" <<Y
name: mnist
data: {source: {format: idx, idx: {folder: $(realpath "$mnist")}}}
model: {kind: cnn}
optimizer: {kind: adam, lr: 0.001}
train: {epochs: 1, batch: 128}
Y
      row "mnist cnn $kind" $ranks "$results/mnist.yaml" run.max_steps=60 "${extra[@]}"
    fi
  done
done
[ -n "$mnist" ] || echo "left out: the CNN on MNIST (--mnist FOLDER)"
[ -z "$large" ] || row "planted_2m dense" 1 "$root/configs/studies/cluster_gcn/planted_2m.yaml" train.epochs=1
exit $missed
