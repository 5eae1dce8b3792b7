#!/usr/bin/env bash
# If ranks see different data or checkpoints, or cannot list them, all end alike or continue alike.
. "$(dirname "$0")/common.sh"
mkdir s0 s1
packages() {  # packages COUNT
  local i
  for ((i = 0; i < $1; i++)); do
    printf 'Package: p%s\nVersion: 1\nSection: %s\nDepends: p%s\nDescription: thing\n\n' $i \
      "$([ $((i % 2)) = 0 ] && echo libs || echo doc)" $(((i * 7 + 2) % $1))
  done
}
packages 200 > s0/Packages
packages 201 > s1/Packages
yaml() { printf 'data: {source: {format: debian, debian: {packages: %s, features: 16, min_class_size: 5}}, parts: 4, clusters_per_batch: 2}\nmodel: {layers: 2, hidden: 8}\ntrain: {epochs: 6}\nobserve: {progress: "off"}\n' "$1"; }
yaml s0/Packages > a.yaml
yaml s1/Packages > b.yaml
t="$laconic train"
# Names of files may differ between nodes, but not their content.
# shellcheck disable=SC2086
expect 69 'rank 0 has edges 200 nodes, .*rank 1 has edges 201 nodes' "$mpiexec" "$np" 1 $t a.yaml name=r run.dir=r : "$np" 1 $t b.yaml name=r run.dir=r
cp s0/Packages s1/Packages
rm -rf r
# shellcheck disable=SC2086
expect 0 '' "$mpiexec" "$np" 1 $t a.yaml name=r run.dir=r : "$np" 1 $t b.yaml name=r run.dir=r

# The data changed during a run.
expect 0 '' "$laconic" train a.yaml run.dir=d run.max_steps=5
packages 240 > s0/Packages
expect 65 'edges: 200 nodes, .* then, 240 nodes, .* now.*--allow-changed-data' "$laconic" resume d run.max_steps=8
expect 0 'data have changed' "$laconic" resume d run.max_steps=8 --allow-changed-data
packages 200 > s0/Packages
expect 0 'not the data that it was trained with' "$laconic" eval d

# One rank cannot list the checkpoints. No rank hangs, since rank 0 lists them for all.
expect 0 '' "$mpiexec" "$np" 2 "$laconic" train "$tiny" run.dir=l run.max_steps=5
faults="l open_read 116 1 1 1" expect 0 '' "$mpiexec" "$np" 2 "$laconic" resume l run.max_steps=7
faults="l/checkpoints open_read 116 1 0 0" expect 74 '' "$mpiexec" "$np" 2 "$laconic" resume l run.max_steps=9

# One rank cannot read the newest checkpoint. All ranks use the one before it.
expect 0 '' "$mpiexec" "$np" 2 "$laconic" train "$tiny" run.dir=n run.max_steps=5
faults="n/checkpoints/step-5 open_read 116 1 0 1" expect 0 'resumed .*step-3' "$mpiexec" "$np" 2 "$laconic" resume n run.max_steps=0
expect 0 '' "$mpiexec" "$np" 2 "$laconic" train "$tiny" run.dir=w
[ "$(fingerprint n)" = "$(fingerprint w)" ] || fail "other bits"
echo 'PASSED'
