#!/usr/bin/env bash
# A run notices that its folder was moved, deleted or replaced. It ends on all ranks with the reason, and writes nothing
# at the old place. What was moved can be resumed.
. "$(dirname "$0")/common.sh"
# lose NAME RANKS PATTERN COMMAND...: runs COMMAND when the run has a checkpoint.
lose() {
  local name=$1 launcher=() pattern=$3 got=0
  [ "$2" = 1 ] || launcher=("$mpiexec" "$np" "$2")
  shift 3
  "${launcher[@]}" "$laconic" train "$tiny" run.dir=run train.epochs=100000 checkpoint.every_steps=20 >"$name.log" 2>&1 &
  for ((i = 0; i < 400; ++i)); do [ -e run/checkpoints/LATEST ] && break; sleep 0.05; done
  [ -e run/checkpoints/LATEST ] || { cat "$name.log" >&2; fail "$name: no checkpoint"; }
  "$@"
  wait $! || got=$?
  [ $got = 69 ] || { cat "$name.log" >&2; fail "$name: exit $got, not 69"; }
  grep -q "$pattern" "$name.log" || { cat "$name.log" >&2; fail "$name: no line matches '$pattern'"; }
}

lose moved 2 "run: was moved to $PWD/elsewhere while the run used it" mv run elsewhere
[ ! -e run ] || fail 'the folder was made again'
grep -q '"environment\|failed' elsewhere/outcome.json || { cat elsewhere/outcome.json >&2; fail 'moved: no outcome'; }
expect 0 '' "$laconic" verify elsewhere
step=$(cat elsewhere/checkpoints/LATEST)
expect 0 "resumed .*elsewhere/checkpoints/$step" "$laconic" resume elsewhere run.max_steps=$((${step#step-} + 3))

delete() { until rm -r run 2>/dev/null; do :; done; }  # the run may be writing
lose deleted 1 'run: was deleted while the run used it' delete
[ ! -e run ] || fail 'the deleted folder was made again'

replace() { mv run gone && mkdir -p run/checkpoints && echo precious >run/checkpoints/LATEST; }
lose replaced 1 "run: was moved to $PWD/gone" replace
[ "$(find run -type f -exec cat {} +)" = precious ] || fail 'the run wrote into the folder of another'
