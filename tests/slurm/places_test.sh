#!/usr/bin/env bash
# The job scripts find their own files wherever they lie and wherever sbatch is called, and never requeue for want of them.
# Ends with 77 where Slurm cannot run. Arguments: the executable, the source tree.
set -u
laconic=$1 source=$2
. "$source/tests/slurm/virtual_slurm.sh"
trap stop_slurm EXIT
. "$source/scripts/environment.sh"
start_slurm
export OMP_NUM_THREADS=1
unset LACONIC_HOME LACONIC
config=$source/tests/issues/tiny.yaml

checkout() {  # checkout FOLDER
  mkdir -p "$1/build/cpu/bin"
  cp -r "$source/slurm" "$1/"
  ln -s "$laconic" "$1/build/cpu/bin/laconic"
}
checkout "$work/checkout"
checkout "$work/a path with spaces"
mkdir -p "$work/installed/share/laconic" "$work/installed/bin" "$work/elsewhere" "$work/alone/slurm"
cp -r "$source/slurm" "$work/installed/share/laconic/"
ln -s "$laconic" "$work/installed/bin/laconic"
ln -s "$work/checkout/slurm/train.sbatch" "$work/elsewhere/link.sbatch"
cp "$source/slurm/train.sbatch" "$work/alone/slurm/"

all_gone() { [ -z "$(squeue -h 2>/dev/null)" ]; }
gone() { [ -z "$(squeue -h -j "$1" 2>/dev/null)" ]; }
# submitted FOLDER RUN SCRIPT [key=value ...]: the job that is submitted from FOLDER completes RUN.
submitted() {
  local folder=$1 run=$2 script=$3 job
  shift 3
  job=$(cd "$folder" && sbatch --parsable --output=%j.out --time=5 --ntasks=1 "$script" "$config" "run.dir=$work/$run" "$@") || fail "$run: sbatch"
  until_true 60 gone "$job" || fail "$run: the job does not end: $(cat "$folder/$job.out")"
  grep -q '"status": "completed"' "$work/$run/outcome.json" 2>/dev/null || fail "$run: $(cat "$folder/$job.out")"
  log=$folder/$job.out
}
submitted "$work/checkout" from_checkout slurm/train.sbatch
submitted "$work/elsewhere" from_elsewhere "$work/checkout/slurm/train.sbatch"
submitted "$work/elsewhere" by_link ./link.sbatch
submitted "$work/elsewhere" from_installed "$work/installed/share/laconic/slurm/train.sbatch"
submitted "$work/a path with spaces" with_spaces slurm/train.sbatch
submitted "$work/elsewhere" chained "$work/a path with spaces/slurm/chain.sbatch"
until_true 30 all_gone || fail "a successor is left over: $(squeue)"
# A sweep, whose jobs laconic submits itself.
printf 'name: pair\nbase: %s\nfolder: pair\ngrid: {seed: [1, 2]}\n' "$config" > "$work/elsewhere/pair.yaml"
sweep() {  # sweep TASKS-OF-A-JOB OPTIONS OF SUBMIT...
  local tasks=$1
  shift
  rm -rf "$work/elsewhere/pair"
  (cd "$work/elsewhere" && "$work/checkout/build/cpu/bin/laconic" sweep submit pair.yaml "$@" -- --time=5 "--ntasks=$tasks") >"$work/sweep.out" 2>&1 ||
    fail "sweep: $(cat "$work/sweep.out")"
  until_true 60 all_gone || fail "sweep: $(squeue)"
  "$laconic" sweep status "$work/elsewhere/pair" | grep -q '2 done' || fail "sweep: $("$laconic" sweep status "$work/elsewhere/pair")"
}
sweep 1
sweep 2 --pack 2
# A finished run is submitted again: nothing is done, and the job succeeds.
before=$(cksum < "$work/by_link/metrics.jsonl")
submitted "$work/elsewhere" by_link ./link.sbatch
grep -q 'ended with code 0' "$log" || fail "submitted again: $(cat "$log")"
[ "$before" = "$(cksum < "$work/by_link/metrics.jsonl")" ] || fail "submitted again: it went on"
# Without common.sh the job fails once, and says what is missing.
job=$(cd "$work/alone" && sbatch --parsable --output=%j.out --time=5 --ntasks=1 slurm/train.sbatch "$config") || fail "sbatch"
until_true 60 gone "$job" || fail "alone: requeued: $(cat "$work/alone/$job.out")"
grep -q 'set LACONIC_HOME' "$work/alone/$job.out" || fail "alone: $(cat "$work/alone/$job.out")"
grep -q requeued "$work/alone/$job.out" && fail "alone: requeued"
echo "all places after $SECONDS s"
