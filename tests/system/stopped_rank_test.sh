#!/usr/bin/env bash
# A rank that stands still (SIGSTOP) is named by the ranks that wait for it, after comm.timeout, with the phase, the bucket and
# the time; the job ends with code 76, and a resumed run has the bits of one that nobody stopped. So ends a job whose ranks are
# stuck inside MPI itself (vendor), which only the watchdog can end.
. "$(dirname "$0")/common.sh"
# Runs without an end, however fast the machine is; run.max_steps is found later.
run=(train.epochs=1000000 compute.threads=1 checkpoint.every_steps=2 observe.tensorboard=false)

is_alive() { grep -q '^State:[[:space:]]*[^ZX]' "/proc/$1/status" 2>/dev/null; }  # a zombie is not
rank_1() {  # the process of rank 1 that writes to this run folder
  local pid
  for pid in $(pgrep -f "run.dir=$work/$1 "); do
    grep -qz '^\(OMPI_COMM_WORLD_RANK\|PMI_RANK\)=1$' "/proc/$pid/environ" 2>/dev/null && echo "$pid" && return
  done
}

# stop_one NAME WORDS OVERRIDES...: false where the job ended before, or for another reason: the log lacks the words (TIMEOUT
# stands for the seconds), since a rank waited as long for a slow disk.
stop_one() {
  local name=$1 words=${2//TIMEOUT/$timeout} victim=; shift 2
  rm -rf "$name"
  ranks 3 "$laconic" train "$planted" run.dir="$work/$name" comm.timeout=$timeout "${run[@]}" "$@" >"$name.log" 2>&1 &
  local job=$!
  until ls "$name"/checkpoints/step-* >/dev/null 2>&1; do
    kill -0 $job 2>/dev/null || return 1
    sleep 0.02
  done
  victim=$(rank_1 "$name")
  [ -n "$victim" ] && kill -STOP "$victim" || { touch "$name/stop"; wait $job; return 1; }
  wait $job
  code=$?
  for _ in $(seq 100); do is_alive "$victim" || break; sleep 0.1; done
  is_alive "$victim" && { kill -9 "$victim"; fail "$name: the stopped rank outlived the job: $(cat "$name.log")"; }
  [ $code -eq 76 ] || fail "$name: exit code $code, not 76: $(cat "$name.log")"
  grep -Eq "$words" "$name.log"
}
stop_one_patiently() {  # where the machine is so busy that ranks seem to stand still by themselves
  for timeout in 3 10 30; do stop_one "$@" && return; done
  fail "$1: the log does not name the rank that is stuck: $(cat "$1.log")"
}

sparse=(comm.allreduce=oktopk comm.auto_dense=false)
stop_one_patiently sparse "rank [02]: rank [02] .* rank 1 \\(tag [a-z]+, .*\\): waited TIMEOUT s, since [0-9:]+ UTC; in (bucket [0-9]+ of|an agreement after) gradient [0-9]+" \
  "${sparse[@]}"
grep -q 'laconic: rank 1:' sparse.log && fail "the stopped rank spoke: $(cat sparse.log)"
end=$(($(sed -n 's/step-//p' sparse/checkpoints/LATEST) + 30))
ranks 3 "$laconic" resume sparse comm.timeout=600 run.max_steps=$end >/dev/null 2>resume.log || fail "resume: $(cat resume.log)"
ranks 3 "$laconic" train "$planted" run.dir=whole "${run[@]}" "${sparse[@]}" run.max_steps=$end >/dev/null 2>&1 || fail "training"
[ "$("$laconic" inspect --fingerprint whole)" = "$("$laconic" inspect --fingerprint sparse)" ] || fail "the resumed run differs"

stop_one_patiently vendor 'rank [02] is inside MPI_Allreduce: waited [0-9.]+ s, since [0-9:]+ UTC; in gradient|rank [02] .* rank 1 \(tag' \
  comm.allreduce=vendor
echo "a rank that stands still is named and the run goes on from its checkpoint"
