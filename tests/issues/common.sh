# shellcheck shell=bash disable=SC2034  # sourced
# Sourced by the tests of this folder. Each test is about one fault that laconic once had, and about
# similar ones. The arguments of a test are the executable, the source tree, mpiexec, its flag for
# the number of ranks, and the library of file faults.
file_faults=${!#}
set -- "${@:1:$#-1}"
. "$(dirname "${BASH_SOURCE[0]}")/../system/common.sh"
tiny=$source/tests/issues/tiny.yaml
export OMP_NUM_THREADS=1

# expect CODE PATTERN COMMAND...
# Checks that the command ends with CODE within 20 s, and prints a line that matches PATTERN.
# faults="UNDER CALLS ERRNO FIRST COUNT [RANK]" expect ...
# Does the same with file faults (file_faults.cpp). UNDER may be relative.
expect() {
  local code=$1 pattern=$2 got=0
  shift 2
  case ${faults:-} in
    '') ;;
    /*) set -- env LACONIC_FILE_FAULTS="$faults" LD_PRELOAD="$file_faults" "$@" ;;
    *) set -- env LACONIC_FILE_FAULTS="$PWD/$faults" LD_PRELOAD="$file_faults" "$@" ;;
  esac
  timeout -k 1 "${limit:-20}" "$@" >log 2>&1 || got=$?
  [ $got = "$code" ] || { cat log >&2; fail "exit $got, not $code: $*"; }
  grep -aEq -- "$pattern" log || { cat log >&2; fail "no line matches '$pattern': $*"; }
}
# faulty "UNDER CALLS ERRNO FIRST COUNT [RANK]" COMMAND...
# Runs the command with file faults (file_faults.cpp). UNDER may be relative.
faulty() {
  local fault=$1
  shift
  case $fault in /*) ;; *) fault=$PWD/$fault ;; esac
  LACONIC_FILE_FAULTS=$fault LD_PRELOAD=$file_faults "$@"
}
fingerprint() { "$laconic" inspect --fingerprint "$1"; }
