#!/usr/bin/env bash
# The shipped job scripts on a Slurm of two virtual nodes: a job that is warned, one that loses a node, sweeps whose trials fail,
# a chain.
# Ends with 77 where that cannot run. Arguments: the executable, the source tree, mpiexec, its flag for the number of ranks.
set -u
laconic=$1 source=$2 mpiexec=$3 np=$4
. "$source/tests/slurm/virtual_slurm.sh"
trap stop_slurm EXIT
. "$source/scripts/environment.sh"
start_slurm
export LACONIC_HOME=$source LACONIC=$laconic OMP_NUM_THREADS=1
cd "$work" || exit 1
echo "Slurm is up after $SECONDS s"

state_of() { squeue -h -j "$1" -o %T 2>/dev/null; }
ended() { ! state_of "$1" | grep -qv -e COMPLETED -e FAILED; }
outcome() { sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\).*/\1/p" "$1/outcome.json" 2>/dev/null; }
is() { [ "$(outcome "$1" status)" = "$2" ]; }
is_beyond() { [ "$(tail -n 1 "$1/metrics.jsonl" 2>/dev/null | sed -n 's/.*"step":\([0-9]*\).*/\1/p')" -gt "$2" ] 2>/dev/null; }
newest() { sed -n 's/step-//p' "$1/checkpoints/LATEST" 2>/dev/null || echo 0; }

# A configuration without an end, for which run.max_steps is found later: long enough on the fastest machine, short on the slowest.
endless() {  # endless NAME MAX-STEPS
  cat > "$1.yaml" <<C
data: {source: {format: planted, planted: {nodes: 3000, blocks: 24, classes: 6, features: 16}}, parts: 24, clusters_per_batch: 2}
model: {layers: 3, hidden: 16, dropout: 0.3}
train: {epochs: 1000000, evaluate_every: 0}
checkpoint: {every_epochs: 10}
run: {dir: $1, max_steps: $2, stop_margin: 0}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}
C
}
uninterrupted() { "$mpiexec" "$np" 2 "$laconic" train "$1.yaml" run.dir="$1.whole" run.max_steps="$(newest "$1")" >"$1.whole.out" 2>&1; }
same_bits() {  # same_bits NAME: as a run that nothing interrupted
  local mine whole
  mine=$("$laconic" inspect --fingerprint "$1") whole=$("$laconic" inspect --fingerprint "$1.whole")
  if [ -z "$mine" ] || [ "$mine" != "$whole" ]; then fail "$1: the requeued run has other bits"; fi
}

# (a) The job's time is nearly over: the ranks are warned, write a checkpoint, the script requeues, the run goes on.
endless warned 0
warned=$(sbatch --parsable -N2 --ntasks-per-node=1 --time=1 --signal=USR1@50 "$source/slurm/train.sbatch" warned.yaml run.dir="$work/warned") ||
  fail "sbatch"
until_true 60 is warned running || fail "(a) the job does not start"
requeued() { grep -q '^requeued' "laconic-$warned.out"; }
# Its first stop decides where it will end.
(until_true 120 requeued && endless warned $(($(newest warned) + 50))) &

# (c) Meanwhile on the other CPUs: sweeps of 12 trials, two of which fail until their graph is there.
sweep() {  # sweep NAME
  {
    echo "name: $1"
    echo "base: $source/tests/system/planted.yaml"
    echo "folder: $1"
    echo "list:"
    for i in {0..11}; do
      case $i in
        3 | 8) echo "  - {seed: $i, train.epochs: 1, data.source.format: hdf5, data.source.file: $work/$1.h5}" ;;
        *) echo "  - {seed: $i, train.epochs: 1}" ;;
      esac
    done
  } > "$1.yaml"
}
all_ended() { ! "$laconic" sweep status "$1" | grep -qE '^ +[0-9]+ +(waiting|running|killed|stopped)'; }
check_sweep() {  # check_sweep NAME TASKS-OF-A-JOB OPTIONS OF SUBMIT...
  local name=$1 tasks=$2
  shift 2
  sweep "$name"
  "$laconic" sweep submit "$name.yaml" "$@" -- --time=10 --ntasks="$tasks" >"$name.out" 2>&1 || fail "(c) $name: submit: $(cat "$name.out")"
  "$laconic" sweep submit "$name" "$@" -- --time=10 --ntasks="$tasks" >"$name.again.out" 2>&1 || fail "(c) $name: submit again"
  grep -q "in Slurm's queue already: " "$name.again.out" || fail "(c) $name: the queue is not known: $(cat "$name.again.out")"
  ! grep -q Submitted "$name.again.out" || fail "(c) $name: submitted twice: $(cat "$name.again.out")"
  until_true 120 all_ended "$name" || fail "(c) $name: $("$laconic" sweep status "$name")"
  "$laconic" sweep status "$name" | grep -q ' 10 done 2 failed' || fail "(c) $name: $("$laconic" sweep status "$name")"
  until_true 30 ended "$(sed -n 's/Submitted batch job //p' "$name.out")" || fail "(c) $name: the job does not end"
  "$laconic" data build "$source/tests/system/planted.yaml" "$name.h5" >/dev/null || fail "(c) data build"
  "$laconic" sweep retry --submit "$name" "$@" -- --time=10 --ntasks="$tasks" >"$name.retry.out" 2>&1 || fail "(c) $name: retry"
  until_true 60 bash -c "'$laconic' sweep status '$name' | grep -q ' 12 done\$'" || fail "(c) $name: $("$laconic" sweep status "$name")"
  grep -q "array=3,8" "$name.retry.out" || [ "$name" = packed ] || fail "(c) retry submits more than what failed"
  "$laconic" sweep report "$name" >/dev/null 2>&1
  [ -s "$name/report.html" ] || fail "(c) $name: no page"
  echo "(c) $name: 12 trials done after $SECONDS s"
}
check_sweep array 1
check_sweep packed 2 --pack 2 --ranks 1

# (d) Where requeueing is forbidden: a successor waits in the queue, goes on, and leaves no other behind.
endless chained 0
job=$(sbatch --parsable --job-name=chain --ntasks=1 --time=10 "$source/slurm/chain.sbatch" chained.yaml run.dir="$work/chained") ||
  fail "(d) sbatch"
until_true 60 is_beyond chained 20 || fail "(d) the job does not train"
endless chained $(($(newest chained) + 200))  # for the next start
scancel --signal=USR1 "$job"
until_true 60 is chained completed || fail "(d) the successor does not finish"
chain_is_gone() { [ -z "$(squeue -h -n chain)" ]; }
until_true 30 chain_is_gone || fail "(d) a job is left over"
[ "$(wc -l < chained.starts)" -eq 2 ] || fail "(d) not two starts"
echo "(d) chain of two jobs after $SECONDS s"

until_true 90 requeued || fail "(a) not requeued"
grep -q 'ended with code 75: stopped at step' "laconic-$warned.out" || fail "(a) not warned"
until_true 120 is warned completed || fail "(a) not finished"
grep -q 'resumed .*step-' "laconic-$warned.out" || fail "(a) not resumed"
grep -q 'restart 1' "laconic-$warned.out" || fail "(a) no restart"
until_true 30 ended "$warned" || fail "(a) the job does not end"
echo "(a) warned, requeued, finished after $SECONDS s"
uninterrupted warned &
whole=$!

# (b) A node dies under the job.
endless lost 0
job=$(sbatch --parsable -N2 --ntasks-per-node=1 --time=10 "$source/slurm/train.sbatch" lost.yaml run.dir="$work/lost") || fail "sbatch"
until_true 60 is_beyond lost 130 || fail "(b) the job does not train"
endless lost $(($(newest lost) + 500))  # for the next start
kill_node n2
until_true 60 bash -c "! grep -q '\"running\"' lost/outcome.json || ! squeue -h -j $job -o %T | grep -q RUNNING" || fail "(b) nobody noticed"
is lost stopped && fail "(b) the run stopped politely: the node was not lost"
start_node n2
until_true 120 is lost completed || fail "(b) not finished"
[ "$(wc -l < lost.starts)" -ge 2 ] || fail "(b) not started again"
echo "(b) lost a node, requeued, finished after $SECONDS s"
uninterrupted lost || fail "(b) reference"
wait $whole || fail "(a) reference"
same_bits lost
same_bits warned
# Negative control: another seed is noticed.
"$mpiexec" "$np" 2 "$laconic" train lost.yaml run.dir=lost seed=2 run.if_exists=new >other.out 2>&1 || fail "other seed"
[ "$("$laconic" inspect --fingerprint lost)" != "$("$laconic" inspect --fingerprint lost-2)" ] || fail "fingerprints do not tell runs apart"
echo "same bits after $SECONDS s"
