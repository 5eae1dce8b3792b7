# shellcheck shell=bash disable=SC2034  # sourced
# Sourced by the system tests: real processes, real files, small generated graphs.
# Arguments of every test: path of the laconic executable, path of the source tree, mpiexec, its flag for the number of ranks.
set -u
laconic=$1 source=$2 mpiexec=$3 np=$4
shift 4
. "$source/scripts/environment.sh"
export OMPI_MCA_odls_base_sigkill_timeout=1  # mpiexec waits twice as many seconds after a rank that died
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail() { echo "FAIL: $*" >&2; exit 1; }
ranks() {  # ranks N COMMAND...: what a test kills (LACONIC_FAULT) needs no time to end
  local n=$1 grace=$OMPI_MCA_odls_base_sigkill_timeout; shift
  [ -z "${LACONIC_FAULT:-}" ] || grace=0
  OMPI_MCA_odls_base_sigkill_timeout=$grace "$mpiexec" "$np" "$n" "$@"
}
planted=$source/tests/system/planted.yaml
python=/usr/bin/python3  # Debian's, for which test.sh installs modules
[ -x "$python" ] || python=python3
