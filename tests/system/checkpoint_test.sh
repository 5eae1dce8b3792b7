#!/usr/bin/env bash
# Checkpoints by the clock, beside the steps; and a full disk, which a run survives twice in a row, not a third time.
. "$(dirname "$0")/common.sh"
short=(train.epochs=200 compute.threads=1 train.evaluate_every=0)
"$laconic" train "$planted" run.dir=whole "${short[@]}" 2>/dev/null || fail "training"
[ "$(find whole/checkpoints -name 'step-*' | wc -l)" -eq 1 ] || fail "checkpoints that nobody asked for: $(ls whole/checkpoints)"

# Failures every tenth of a second ask for a checkpoint as often, of a run that lasts until there are some.
endless=(train.epochs=1000000 compute.threads=1 train.evaluate_every=0)
ranks 2 "$laconic" train "$planted" run.dir=clock "${endless[@]}" checkpoint.mtbf=0.00003 checkpoint.keep=1000 >clock.log 2>&1 &
pid=$!
until [ "$(find clock/checkpoints -name 'step-*' 2>/dev/null | wc -l)" -ge 3 ]; do sleep 0.02; kill -0 $pid 2>/dev/null || fail "clock: $(cat clock.log)"; done
touch clock/stop
wait $pid
[ $? -eq 75 ] || fail "clock: $(cat clock.log)"
grep -q 'a checkpoint takes .* one every' clock.log || fail "the log lacks how often: $(cat clock.log)"
for step in clock/checkpoints/step-*; do "$laconic" verify "$step" >/dev/null || fail "clock: $step"; done

[ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=8m tmpfs small 2>/dev/null ||
  { echo "SKIPPED: full disk (mounting a small file system is not possible here)"; exit 0; }
trap 'umount "$work/small"; rm -rf "$work"' EXIT
once() {  # nothing is told twice, not by two ranks either
  local again
  again=$(grep 'No space left' "$1" | sed 's/^[0-9:]* //; s/laconic: rank [0-9]: //' | sort | uniq -d)
  [ -z "$again" ] || fail "$1: told twice: $again"
}

# Room again after the first failure: the run ends as if nothing had happened. A fast run, or a busy machine, may come to its
# third failure before there is room: once more then, with four times the steps between two checkpoints.
recovers() {  # recovers EPOCHS
  rm -f recovers.log; touch recovers.log
  local pid run=("${short[@]}" "train.epochs=$1")
  head -c 8144k /dev/zero > small/filler
  "$laconic" train "$planted" run.dir=small/run "${run[@]}" checkpoint.every_epochs=$(($1 / 5)) 2>recovers.log &
  pid=$!
  while kill -0 $pid 2>/dev/null && ! grep -q 'failure 1 of 3' recovers.log; do sleep 0.01; done
  grep -q 'failure 1 of 3' recovers.log || fail "no failure: $(cat recovers.log)"
  rm small/filler
  if ! wait $pid; then
    grep -q 'failure 2 of 3' recovers.log || fail "a full disk that had room again: $(cat recovers.log)"
    rm -rf small/run
    return 1
  fi
  "$laconic" train "$planted" run.dir=whole.$1 "${run[@]}" 2>/dev/null || fail "training"
  [ "$("$laconic" inspect --fingerprint whole.$1)" = "$("$laconic" inspect --fingerprint small/run)" ] || fail "state differs"
  cmp whole.$1/metrics.jsonl small/run/metrics.jsonl || fail "metrics differ"
  rm -rf small/run
}
recovers 200 || recovers 800 || fail "a full disk that had room again: $(cat recovers.log)"

# No room at all: the third failure ends the run, and so does one where nothing comes after it.
for n in 1 2; do
  head -c 8044k /dev/zero > small/filler
  ranks $n "$laconic" train "$planted" run.dir=small/run "${short[@]}" model.hidden=256 checkpoint.every_epochs=40 >full$n.log 2>&1
  [ $? -eq 74 ] || fail "a full disk: $(cat full$n.log)"
  grep -q 'failure 2 of 3' full$n.log || fail "ended before the third failure: $(cat full$n.log)"
  once full$n.log
  ls small/run/checkpoints/step-* >/dev/null 2>&1 && fail "a checkpoint on a full disk"
  rm -rf small/run
  ranks $n "$laconic" train "$planted" run.dir=small/run model.hidden=256 >last$n.log 2>&1
  [ $? -eq 74 ] || fail "a full disk at the end: $(cat last$n.log)"
  once last$n.log
  rm -rf small/run
done
echo "checkpoints are made by the clock, and a full disk is outlived"
