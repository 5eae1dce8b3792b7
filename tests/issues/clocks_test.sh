#!/usr/bin/env bash
# If the clock was set back, the event file of a resumed run still comes after the existing ones.
. "$(dirname "$0")/common.sh"
"$laconic" train "$tiny" run.dir=r run.max_steps=5 >log 2>&1 || fail "train: $(cat log)"
newest() { find r/tensorboard -name "*.[0-9]*.*" -printf "%f\n" | sort | tail -n 1; }
max=5
for ahead in 3600 999999; do
  first=$(newest)
  seconds=${first#events.out.tfevents.}
  seconds=${seconds%%.*}
  mv "r/tensorboard/$first" "r/tensorboard/${first/$seconds/$((seconds + ahead))}"
  touch r/tensorboard/events.out.tfevents.notes
  ls r/tensorboard >before
  "$laconic" resume r run.max_steps=$((max += 3)) >log 2>&1 || fail "resume: $(cat log)"
  ls r/tensorboard | diff before - | grep -q '^>' || fail "no new event file"
  last=$(newest)
  ! grep -qx "$last" before || fail "the new file does not come last: $(ls r/tensorboard)"
done
