#!/usr/bin/env bash
# A rank that stands still (SIGSTOP) is named by the ranks that wait for it, within twice comm.timeout, with the phase, the
# bucket and the time; the job ends with code 76, and a resumed run has the bits of one that nobody stopped. So does a job
# whose ranks are stuck inside MPI itself (vendor), which only the watchdog can end.
. "$(dirname "$0")/common.sh"
timeout=3

stop_one() {  # stop_one NAME OVERRIDES...
  local name=$1; shift
  ranks 3 "$laconic" train "$planted" run.dir="$name" comm.timeout=$timeout compute.threads=1 "$@" >"$name.log" 2>&1 &
  local job=$! victim=
  until [ "$(cat "$name/metrics.jsonl" 2>/dev/null | wc -l)" -ge 3 ]; do
    kill -0 $job 2>/dev/null || fail "$name: ended before it was stopped: $(cat "$name.log")"
    sleep 0.05
  done
  victim=$(rank_1 "$name")
  [ -n "$victim" ] || fail "$name: rank 1 not found"
  kill -STOP "$victim"
  local stopped=$SECONDS
  wait $job
  code=$?
  took=$((SECONDS - stopped))
  for _ in $(seq 50); do is_alive "$victim" || break; sleep 0.1; done
  is_alive "$victim" && { kill -9 "$victim"; fail "$name: the stopped rank outlived the job: $(cat "$name.log")"; }
  [ $code -eq 76 ] || fail "$name: exit code $code, not 76: $(cat "$name.log")"
  [ $took -le 30 ] || fail "$name: took $took s to end"
}
is_alive() { grep -q '^State:[[:space:]]*[^ZX]' "/proc/$1/status" 2>/dev/null; }  # a zombie is not
rank_1() {  # the process of rank 1 that writes to this run folder
  local pid
  for pid in $(pgrep -f "run.dir=$1 "); do
    grep -qz '^\(OMPI_COMM_WORLD_RANK\|PMI_RANK\)=1$' "/proc/$pid/environ" 2>/dev/null && echo "$pid" && return
  done
}

long=(train.epochs=60)
ranks 3 "$laconic" train "$planted" run.dir=whole compute.threads=1 "${long[@]}" comm.allreduce=oktopk comm.auto_dense=false >/dev/null 2>&1 ||
  fail "training"
stop_one oktopk "${long[@]}" comm.allreduce=oktopk comm.auto_dense=false checkpoint.every_steps=2
grep -Eq 'rank (0|2): rank (0|2) .* rank 1 \(tag [a-z]+, .*\): waited 3 s, since [0-9:]+ UTC; in (bucket [0-9]+ of|an agreement after) gradient [0-9]+' \
  oktopk.log || fail "nobody names rank 1: $(cat oktopk.log)"
grep -q 'laconic: rank 1:' oktopk.log && fail "the stopped rank spoke: $(cat oktopk.log)"
grep -q '"code": 76' oktopk/outcome.json || fail "outcome: $(cat oktopk/outcome.json)"
ranks 3 "$laconic" resume oktopk >/dev/null 2>resume.log || fail "resume: $(cat resume.log)"
[ "$("$laconic" inspect --fingerprint whole)" = "$("$laconic" inspect --fingerprint oktopk)" ] || fail "the resumed run differs"

stop_one vendor "${long[@]}" comm.allreduce=vendor
grep -Eq 'rank (0|2) is inside MPI_Allreduce: waited [0-9]+ s, since [0-9:]+ UTC; in gradient|rank 1 \(tag' vendor.log ||
  fail "nobody says where it is stuck: $(cat vendor.log)"
echo "a rank that stands still is named and the run goes on from its checkpoint"
