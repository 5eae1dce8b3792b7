# Sourced by the system tests: real processes, real files, small generated graphs.
# Arguments of every test: path of the laconic executable, path of the source tree, mpiexec, its flag for the number of ranks.
set -uo pipefail
laconic=$1 source=$2 mpiexec=$3 np=$4
shift 4
. "$source/scripts/environment.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { echo "FAIL: $*" >&2; exit 1; }
ranks() { local n=$1; shift; "$mpiexec" "$np" "$n" "$@"; }
# A graph that trains in a second: 12 batches an epoch.
small=(data.source.planted.nodes=3000 data.parts=24 data.clusters_per_batch=2 model.hidden=16 train.epochs=3
       observe.progress=off observe.tensorboard=false)
planted=$source/tests/system/planted.yaml
