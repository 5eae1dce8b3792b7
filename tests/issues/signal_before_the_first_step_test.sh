#!/usr/bin/env bash
# Before the first step nothing can be lost, so SIGINT and SIGTERM end a run at once. A signal that
# was ignored when laconic started stays ignored.
. "$(dirname "$0")/common.sh"
sed 's/nodes: 600, blocks: 12/nodes: 400000, blocks: 4000/; s/parts: 12/parts: 20000/' "$tiny" > big.yaml
ended() {  # ended SIGNAL WHAT PID: within 3 s, with 75
  local signal=$1 what=$2 pid=$3 code=0 t=$SECONDS
  kill -"$signal" "$pid"
  wait "$pid" || code=$?
  [ $code = 75 ] || { cat log >&2; fail "$what: exit $code after SIG$signal"; }
  [ $((SECONDS - t)) -le 3 ] || fail "$what: $((SECONDS - t)) s after SIG$signal"
}
for signal in INT TERM; do
  rm -rf r log
  "$laconic" train big.yaml run.dir=r >log 2>&1 &
  until grep -qs partitioning log; do sleep 0.05; done
  ended $signal "while partitioning" $!
  grep -q "SIG$signal received before the first step" log || fail "$(cat log)"
  grep -q '"code": 75' r/outcome.json || fail "$(cat r/outcome.json)"
done

# A pipe in place of a file would block in open(2): it is passed over.
"$laconic" train "$tiny" run.dir=f run.max_steps=5 >log 2>&1 || fail "$(cat log)"
rm f/checkpoints/step-5/manifest.json
mkfifo f/checkpoints/step-5/manifest.json
expect 0 'resumed .*step-3' "$laconic" resume f run.max_steps=0

# Ignored at start.
(trap '' HUP; exec "$laconic" train "$tiny" run.dir=h train.epochs=1000000 >log 2>&1) &
until [ -s h/metrics.jsonl ]; do sleep 0.05; done
kill -HUP $!
sleep 0.3
kill -0 $! || { cat log >&2; fail "SIGHUP ended it although it was ignored"; }
kill -TERM $!
code=0
wait $! || code=$?
[ $code = 75 ] || fail "exit $code after SIGTERM"
echo 'PASSED'
