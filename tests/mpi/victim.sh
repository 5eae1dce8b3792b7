#!/usr/bin/env bash
# One of several ranks dies in the middle of a collective: the run must end, soon, with an error, and leave no
# process behind.   victim.sh CASE VICTIM_PROGRAM LAUNCHER...
#   killed_by_launcher  kill -9, and the launcher ends the others
#   killed_alone        kill -9, and the launcher does not end the others: their timeout does
#   unwinds, aborts     rank 1 ends by itself, with an exception or MpiWorld::abort
#   sparse_...          the same in the middle of a sparse sum
#   wrong_launcher      another MPI's launcher started this process, or none did (no LAUNCHER)
set -u
case=$1 program=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "FAILED: $*"; sed 's/^/  | /' "$folder/log"; exit 1; }

if [ "$case" = wrong_launcher ]; then
  unset OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_NTASKS
  for variable in OMPI_COMM_WORLD_SIZE PMI_SIZE SLURM_NTASKS; do
    env $variable=4 "$program" alone "$folder/pid" >"$folder/log" 2>&1
    [ $? = 69 ] || fail "$variable: expected exit code 69"
    grep -q "$variable=4, but this process is alone.*Type: mpirun -n 4 laconic" "$folder/log" || fail "no reason given"
  done
  # A launcher of one rank within a larger job is no mistake.
  env OMPI_COMM_WORLD_SIZE=1 SLURM_NTASKS=4 "$program" alone "$folder/pid" >"$folder/log" 2>&1 || fail "one rank on purpose"
  exit 0
fi

launcher=$1
shift
# A rank that the launcher does not see dying: a shell stands before it. Open MPI's notices the lost connection.
front=()
if [[ $case = *killed_alone ]]; then
  front=(bash -c '"$@"; code=$?; [ $code != 137 ] || read -rt 20 <> <(:); exit $code' rank)
  "$launcher" --version 2>&1 | grep -q OpenRTE && launcher="$launcher --enable-recovery"
fi
timeout -k 5 60 $launcher "$@" "${front[@]}" "$program" "$case" "$folder/pid" >"$folder/log" 2>&1 &
job=$!
for _ in $(seq 300); do [ -e "$folder/pid" ] && break; sleep 0.1; done
[ -e "$folder/pid" ] || fail "rank 1 did not come to life"
sleep 0.3
case $case in *killed*) kill -9 "$(cat "$folder/pid")" || fail "rank 1 had ended before" ;; esac
start=$SECONDS
wait $job
code=$?
# Open MPI's launcher returns 0 where it was told to recover.
[ $code != 0 ] || [[ $case = *killed_alone ]] || fail "the run ended well"
[ $((SECONDS - start)) -le 20 ] || fail "the run took $((SECONDS - start)) s to end"
sleep 0.5
ps -eo args= | grep -v grep | grep -qF "$folder/pid" && fail "a rank is still running"
case $case in
  # UCX under MPICH ends a rank by itself when it reads from a process that is gone, and says so.
  *killed_alone) grep -qE "^rank [02] .* rank [12] \(tag .* waited 3 s.*gradient [0-9]|process_vm_readv.*No such process" "$folder/log" ||
    fail "no rank says why" ;;
  unwinds) grep -q "a damaged file" "$folder/log" || fail "the cause is not in the log" ;;
  aborts) [ $code = 65 ] || fail "expected exit code 65, not $code" ;;
esac
echo "ended after $((SECONDS - start)) s with code $code"
