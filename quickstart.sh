#!/usr/bin/env bash
# From a fresh Debian 12 to a trained graph network: packages, build, two ranks on the dependency graph of
# Debian's own packages, and the two baselines that the result must be compared with.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/environment.sh
scripts/install_packages.sh
ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 || { [ "$(id -u)" -eq 0 ] && apt-get update -q || sudo apt-get update -q; }

cmake --preset cpu >/dev/null
cmake --build --preset cpu --target laconic
laconic=build/cpu/bin/laconic
progress=log
[ -t 1 ] && progress=live

echo; echo "== The graph network, two ranks"
mpirun -n 2 $laconic train configs/quick/cluster_gcn.yaml run.if_exists=new run.dir=runs/cluster_gcn --progress $progress
run=$(ls -dt runs/cluster_gcn*/ | head -1); run=${run%/}
echo; echo "== The same network without edges"
mpirun -n 2 $laconic train configs/quick/cluster_gcn.yaml model.kind=mlp run.if_exists=new run.dir=runs/no_edges --progress off
edgeless=$(ls -dt runs/no_edges*/ | head -1); edgeless=${edgeless%/}

echo
$laconic summary "$run" --against "without edges=$edgeless"
cat <<EOF

Next, try (Open MPI wants to be told when root runs it, hence the first):
  . scripts/environment.sh
  $laconic predict $run -o predictions.csv
  mpirun -n 2 $laconic train configs/quick/cluster_gcn.yaml run.dir=runs/wider model.hidden=256 optimizer.lr=0.003
  $laconic plan -n 8 configs/quick/cluster_gcn.yaml
EOF
