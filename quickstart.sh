#!/usr/bin/env bash
# From a fresh Debian 12 to a trained graph network: packages, build, two ranks on the dependency graph of
# Debian's own packages, and the two baselines that the result must be compared with. Then the same training over a
# link of 100 Mbit/s, densely and with Ok-Topk: a table and a picture.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/environment.sh
scripts/install_packages.sh
ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || { [ "$(id -u)" -eq 0 ] && apt-get update -q || sudo apt-get update -q; }

cmake --preset quickstart >/dev/null
cmake --build --preset quickstart --target laconic
laconic=build/quickstart/bin/laconic
progress=log
[ -t 1 ] && progress=live

newest() { local folder; folder=$(ls -dt "$1"*/ | head -1); echo "${folder%/}"; }

echo; echo "== The graph network, two ranks"
mpirun -n 2 $laconic train configs/quick/cluster_gcn.yaml run.if_exists=new run.dir=runs/cluster_gcn --progress $progress
run=$(newest runs/cluster_gcn)
echo; echo "== The same network without edges"
mpirun -n 2 $laconic train configs/quick/cluster_gcn.yaml model.kind=mlp run.if_exists=new run.dir=runs/no_edges --progress off
edgeless=$(newest runs/no_edges)
echo
$laconic summary "$run" --against "without edges=$edgeless"

echo; echo "== The same training over a link of 100 Mbit/s: densely, then with Ok-Topk, which sends 1 % of each gradient"
slow=(train.epochs=10 comm.link.mbit=100 comm.link.latency_us=200 run.if_exists=new)
for allreduce in dense oktopk; do
  mpirun -n 2 $laconic train configs/quick/cluster_gcn.yaml "${slow[@]}" comm.allreduce=$allreduce run.dir=runs/slow_link_$allreduce --progress off
done
$laconic compare "dense=$(newest runs/slow_link_dense)" "Ok-Topk=$(newest runs/slow_link_oktopk)" --picture runs/slow_link.svg
cat <<EOF

Next, try (Open MPI wants to be told when root runs it, hence the first):
  . scripts/environment.sh
  $laconic predict $run -o predictions.csv
  mpirun -n 2 $laconic train configs/quick/cluster_gcn.yaml run.dir=runs/wider model.hidden=256 optimizer.lr=0.003
  $laconic plan -n 8 configs/quick/cluster_gcn.yaml
EOF
