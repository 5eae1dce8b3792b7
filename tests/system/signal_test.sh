#!/usr/bin/env bash
# SIGTERM and SIGUSR1 stop a run at a step boundary with a complete checkpoint and code 75; resuming gives the same bits.
. "$(dirname "$0")/common.sh"
long=(train.epochs=60 compute.threads=1)
"$laconic" train "$planted" run.dir=whole "${long[@]}" >/dev/null || fail "training"
for signal in TERM USR1; do
  "$laconic" train "$planted" run.dir=$signal "${long[@]}" 2>$signal.log &
  pid=$!
  until [ -s $signal/metrics.jsonl ]; do sleep 0.02; kill -0 $pid 2>/dev/null || fail "ended before the signal: $(cat $signal.log)"; done
  kill -$signal $pid
  wait $pid
  code=$?
  [ $code -eq 75 ] || fail "SIG$signal: exit code $code: $(cat $signal.log)"
  grep -q '"status": "stopped"' $signal/outcome.json || fail "SIG$signal: outcome"
  "$laconic" verify $signal >/dev/null || fail "SIG$signal: checkpoint"
  "$laconic" resume $signal >/dev/null 2>&1 || fail "SIG$signal: resume"
  [ "$("$laconic" inspect --fingerprint whole)" = "$("$laconic" inspect --fingerprint $signal)" ] || fail "SIG$signal: state differs"
done
echo "signals stop, and the run goes on as if nothing had happened"
