# shellcheck shell=bash disable=SC2034  # sourced
# What the studies share: train one configuration over several seeds, keep each result.json. Sourced, not run.
# A study needs: the built executable (LACONIC, default build/cpu or build/ci), python3 (its standard library alone).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

for candidate in "${LACONIC:-}" "$root/build/cpu/bin/laconic" "$root/build/ci/bin/laconic"; do
  [[ -x "$candidate" ]] && laconic=$candidate && break
done
: "${laconic:?no executable: build first (cmake --preset cpu && cmake --build --preset cpu), or set LACONIC}"

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

launch=()  # what stands before the executable, such as (mpirun -n 4)

# study CASE CONFIG SEEDS [key=value ...]: trains seeds 1..SEEDS one after the other.
study() {
  local case=$1 config=$2 seeds=$3 seed
  shift 3
  for seed in $(seq "$seeds"); do
    printf '%s: seed %d of %d\n' "$case" "$seed" "$seeds" >&2
    "${launch[@]}" "$laconic" train "$config" seed="$seed" run.dir="$results/$case/$seed" "$@" >"$results/log" 2>&1 ||
      { cat "$results/log" >&2; return 1; }
  done
}

# table METRIC [BAR ...]: mean over the seeds of every case; fails when a bar is missed.
table() { python3 "$root/tests/studies/table.py" "$results" "$@"; }
