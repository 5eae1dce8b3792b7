#!/usr/bin/env bash
# Checkpoints by the clock, beside the steps; and a full disk, which a run survives twice in a row, not a third time.
. "$(dirname "$0")/common.sh"
long=(train.epochs=200 compute.threads=1 train.evaluate_every=0)
"$laconic" train "$planted" run.dir=whole "${long[@]}" 2>/dev/null || fail "training"
[ "$(ls whole/checkpoints | grep -c step-)" -eq 1 ] || fail "checkpoints that nobody asked for: $(ls whole/checkpoints)"
same() { [ "$("$laconic" inspect --fingerprint whole)" = "$("$laconic" inspect --fingerprint "$1")" ] || fail "$1: state differs"; }

# Failures every tenth of a second ask for a checkpoint as often.
ranks 2 "$laconic" train "$planted" run.dir=clock "${long[@]}" checkpoint.mtbf=0.00003 checkpoint.keep=1000 >clock.log 2>&1 || fail "clock: $(cat clock.log)"
[ "$(ls clock/checkpoints | grep -c step-)" -ge 3 ] || fail "the clock asked for too few checkpoints: $(ls clock/checkpoints)"
grep -q 'a checkpoint takes .* one every' clock.log || fail "how often is not told: $(cat clock.log)"
for step in $(ls clock/checkpoints | grep step-); do "$laconic" verify "clock/checkpoints/$step" >/dev/null || fail "clock: $step"; done

[ "$(id -u)" -eq 0 ] && mkdir small && mount -t tmpfs -o size=2m tmpfs small 2>/dev/null ||
  { echo "SKIPPED: full disk (mounting a small file system is not possible here)"; exit 0; }
trap 'umount "$work/small"; rm -rf "$work"' EXIT
once() {  # nothing is told twice, not by two ranks either
  local again=$(grep 'No space left' "$1" | sed 's/^[0-9:]* //; s/laconic: rank [0-9]: //' | sort | uniq -d)
  [ -z "$again" ] || fail "$1: told twice: $again"
}

# Room again after the first failure: the run ends as if nothing had happened.
head -c 2000k /dev/zero > small/filler
"$laconic" train "$planted" run.dir=small/run "${long[@]}" checkpoint.every_epochs=40 2>recovers.log &
pid=$!
until grep -q 'failure 1 of 3' recovers.log; do sleep 0.01; kill -0 $pid 2>/dev/null || fail "no failure: $(cat recovers.log)"; done
rm small/filler
wait $pid || fail "a full disk that had room again: $(cat recovers.log)"
same small/run
cmp whole/metrics.jsonl small/run/metrics.jsonl || fail "metrics differ"
rm -rf small/run

# No room at all: the third failure ends the run, and so does one where nothing comes after it.
for n in 1 2; do
  head -c 1900k /dev/zero > small/filler
  ranks $n "$laconic" train "$planted" run.dir=small/run "${long[@]}" model.hidden=256 checkpoint.every_epochs=40 >full$n.log 2>&1
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
