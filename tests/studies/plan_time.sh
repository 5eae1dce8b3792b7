#!/usr/bin/env bash
# What `laconic plan --time` forecasts for an epoch, beside what a run then takes, and the bytes. Usage: plan_time.sh LACONIC
# One rank with one thread, and two ranks on a link of 100 Mbit/s; three runs and forecasts in turn, since machines change.
set -euo pipefail
cd "$(dirname "$0")/../.."
. scripts/environment.sh
laconic=$1 work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# measured RUN: "seconds of training per epoch, kB sent per epoch by rank 0"
measured() {
  python3 - "$1/result.json" <<'P'
import json, sys
r = json.load(open(sys.argv[1]))
seconds = r["course"]["trained_s"] - r["time_s"].get("evaluate", 0) - r["time_s"].get("checkpoint", 0)
print(f"{seconds / r['epochs']:.3g} s, {1e-3 * r['course']['bytes_sent'][-1] / r['epochs']:.4g} kB")
P
}
compare() { # NAME RANKS CONFIG [KEY=VALUE ...]
  local name=$1 ranks=$2; shift 2
  set -- "$@" train.epochs=60 train.evaluate_every=0 observe.tensorboard=false compute.threads=1
  local run=("$laconic" train "$@" --progress off)
  [ "$ranks" -eq 1 ] || run=(mpirun -n "$ranks" "${run[@]}")
  echo "$name"
  for i in 1 2 3; do
    "${run[@]}" run.dir="$work/$name.$i" >/dev/null 2>&1
    "$laconic" plan --time -n "$ranks" "$@" > "$work/plan.txt" 2>/dev/null
    printf '  run: %s  plan: %s | %s\n' "$(measured "$work/$name.$i")" \
      "$(sed -n 's/^time per epoch *\(.*\); an.*/\1/p' "$work/plan.txt")" "$(sed -n 's/^sent per epoch *//p' "$work/plan.txt")"
  done
}
slow=(comm.link.mbit=100 comm.link.latency_us=200)
for config in quick/planted quick/cluster_gcn quick/shapes studies/depth/ppi_like; do compare "$(basename $config)" 1 configs/$config.yaml; done
compare mlp 1 configs/quick/cluster_gcn.yaml model.kind=mlp
compare slow_dense 2 configs/quick/planted.yaml "${slow[@]}"
compare slow_oktopk 2 configs/quick/cluster_gcn.yaml "${slow[@]}" comm.allreduce=oktopk comm.density=0.01
