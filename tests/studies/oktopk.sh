#!/usr/bin/env bash
# Training with 1 % of the gradient beside training with all of it: the same steps, 4 ranks, three
# seeds, and the control without error feedback. Usage: oktopk.sh LACONIC GRAPH.h5 [override ...], with
# Amazon Computers as a graph file (docs/formats.md).
set -euo pipefail
laconic=$1 graph=$2; shift 2
source=$(cd "$(dirname "$0")/../.." && pwd)
. "$source/scripts/environment.sh"
config=$source/configs/studies/cluster_gcn/amazon_computers.yaml
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
run() {  # run NAME OVERRIDE...
  local name=$1; shift
  for seed in 1 2 3; do
    mpirun -n 4 "$laconic" train "$config" seed=$seed run.dir="$work/$name/$seed" observe.progress=off observe.tensorboard=false \
      data.source.file="$graph" data.cache_dir="$work/cache" compute.threads=1 "$@" >/dev/null 2>"$work/log" || { cat "$work/log"; exit 1; }
  done
}
run dense "$@"
run oktopk comm.allreduce=oktopk comm.density=0.01 comm.auto_dense=false comm.xi_every=50 "$@"
run forgetful comm.allreduce=oktopk comm.density=0.01 comm.auto_dense=false comm.error_feedback=false "$@"
python3 - "$work" <<'PY'
import json, statistics, sys
work = sys.argv[1]
print(f"{'exchange':12} {'test accuracy':>22} {'last loss':>10} {'MB sent':>9} {'xi':>6}")
for name in ("dense", "oktopk", "forgetful"):
    accuracy, loss, sent, xi = [], [], [], []
    for seed in (1, 2, 3):
        run = f"{work}/{name}/{seed}"
        result = json.load(open(f"{run}/result.json"))
        lines = [json.loads(line) for line in open(f"{run}/metrics.jsonl")]
        losses = [line["loss"] for line in lines if "loss" in line]
        accuracy.append(100 * result["metrics"]["test"]["accuracy"])
        loss.append(statistics.mean(losses[-20:]))
        sent.append(result["comm"]["bytes_sent"]["max"] / 1e6)
        xi += [line["exchange/xi"] for line in lines if "exchange/xi" in line]
    print(f"{name:12} {' '.join(f'{a:.2f}' for a in accuracy):>22} {statistics.mean(loss):10.4f} {statistics.mean(sent):9.1f}"
          + (f" {statistics.median(xi):6.2f}" if xi else ""))
PY
