#!/usr/bin/env bash
# Signals, the end of the Slurm job and the file `stop` end a run at a step boundary with a complete checkpoint and code 75;
# resuming gives the same bits. The file `checkpoint` asks for a checkpoint alone.
. "$(dirname "$0")/common.sh"
# Runs without an end, however fast the machine is; run.max_steps is found later.
endless=(train.epochs=1000000 compute.threads=1)
start() {  # start NAME: in the background, until it has made a step
  "$laconic" train "$planted" run.dir=$1 "${endless[@]}" 2>$1.log &
  pid=$!
  until [ -s $1/metrics.jsonl ]; do sleep 0.02; kill -0 $pid 2>/dev/null || fail "$1: ended too early: $(cat $1.log)"; done
}
stopped_and_resumed() {  # stopped_and_resumed NAME CODE
  [ "$2" -eq 75 ] || fail "$1: exit code $2: $(cat $1.log)"
  grep -q '"status": "stopped"' $1/outcome.json || fail "$1: outcome"
  "$laconic" verify $1 >/dev/null || fail "$1: checkpoint"
  local end=$(($(sed -n 's/step-//p' $1/checkpoints/LATEST) + 30))
  "$laconic" resume $1 run.max_steps=$end >/dev/null 2>&1 || fail "$1: resume"
  "$laconic" train "$planted" run.dir=$1.whole "${endless[@]}" run.max_steps=$end >/dev/null 2>&1 || fail "$1: training"
  [ "$("$laconic" inspect --fingerprint $1.whole)" = "$("$laconic" inspect --fingerprint $1)" ] || fail "$1: state differs"
}
for signal in TERM USR1; do
  start $signal
  kill -$signal $pid
  wait $pid
  stopped_and_resumed $signal $?
done
# What takes no checkpoint ends at once.
timeout -k 1 20 "$laconic" bench select --n 1000000 --repetitions 1000000 >/dev/null 2>&1 &
pid=$!
sleep 0.5
kill -TERM $pid || fail "the benchmark ended too early"
wait $pid
[ $? -eq 143 ] || fail "a benchmark went on after SIGTERM"
# Files. The one for a checkpoint is seen within a second, between two steps.
start files
touch files/checkpoint
until ls files/checkpoints/step-* >/dev/null 2>&1; do sleep 0.02; kill -0 $pid 2>/dev/null || fail "no checkpoint on request"; done
[ ! -e files/checkpoint ] || fail "the request for a checkpoint was not taken away"
grep -q '"status": "running"' files/outcome.json || fail "a request for a checkpoint stopped the run"
touch files/stop
wait $pid
[ $? -eq 75 ] || fail "the file stop: $(cat files.log)"
[ -e files/stop ] || fail "a job script must find the file stop"
last=$(sed -n 's/step-//p' files/checkpoints/LATEST)
"$laconic" resume files run.max_steps=$((last + 5)) >/dev/null 2>&1 || fail "resume after the file stop"
[ ! -e files/stop ] || fail "the file stop survived the start of the next run"
# The end of the job, 61 s away with a margin of 60: after a second.
SLURM_JOB_END_TIME=$(($(date +%s) + 61)) "$laconic" train "$planted" run.dir=job_end "${endless[@]}" 2>job_end.log
[ $? -eq 75 ] || fail "the end of the job: $(cat job_end.log)"
grep -q 'the job ends in' job_end.log || fail "the end of the job is not told: $(cat job_end.log)"
echo "signals, files and the end of a job stop a run, and it goes on as if nothing had happened"
