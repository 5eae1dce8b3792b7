#!/usr/bin/env bash
# Signals at random times, to one rank, to all, to mpiexec, once or twice: during the start, the partition, the first step, a
# checkpoint. A run stops with a complete checkpoint, or before its first step, or is done; what outcome.json says is true; nothing
# hangs; going on gives the same bits. mpiexec may kill ranks that it was told to stop twice: the outcome is then `running` with nobody behind it.
# Fifth argument: how many; the sixth: the seed. VERBOSE=1 tells each.
. "$(dirname "$0")/common.sh"
count=${1:-20} RANDOM=${2:-1}
run=(compute.threads=1 checkpoint.keep=3 data.partitioner=metis)
now_ms() { echo $(($(date +%s%N) / 1000000)); }
milliseconds_of() {  # milliseconds_of NAME OVERRIDES...: of a whole run
  local name=$1 started; shift
  started=$(now_ms)
  ranks 2 "$laconic" train "$planted" run.dir="$name" "${run[@]}" "$@" >/dev/null 2>&1 || fail "training"
  ms=$(($(now_ms) - started))
}
# Long enough, on any machine, that a signal is more likely to come while it trains than while it starts.
milliseconds_of none train.epochs=0
least=$((2 * ms))
for epochs in 40 100 250; do
  length=("train.epochs=$epochs" checkpoint.every_epochs=$((epochs / 40)))  # as many checkpoints, however slow the disk is
  milliseconds_of whole.$epochs "${length[@]}"  # of the fastest whole run: what else the machine does changes
  [ $ms -lt $least ] || break
done
run+=("${length[@]}")
whole=$("$laconic" inspect --fingerprint whole.$epochs)
declare -A seen=()
early=0

for i in $(seq "$count"); do
  rm -rf one
  signals=(TERM USR1 USR2 INT) targets=(rank ranks launcher)
  signal=${signals[RANDOM % 4]} target=${targets[RANDOM % 3]} times=$((RANDOM % 2 + 1)) delay=$((RANDOM % ms))
  what="$i: $signal x $times to the $target after $delay of $ms ms"
  started=$(now_ms)
  timeout --foreground -k 1 180 "$mpiexec" "$np" 2 "$laconic" train "$planted" run.dir="$work/one" "${run[@]}" >one.log 2>&1 &
  job=$!
  sleep "$(printf '0.%03d' $((delay % 1000)))"; [ $delay -lt 1000 ] || sleep $((delay / 1000))
  mapfile -t pids < <(pgrep -f "train .*run.dir=$work/one " | while read -r pid; do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = laconic ] && echo "$pid"; done)
  launcher=$(pgrep -P $job | head -1)
  case $target in
    rank) to=("${pids[@]:0:1}") ;;
    ranks) to=("${pids[@]}") ;;
    launcher) to=("$launcher") ;;
  esac
  for _ in $(seq $times); do kill -"$signal" "${to[@]}" 2>/dev/null; sleep 0.03; done
  wait $job
  code=$? took=$(($(now_ms) - started))
  [ $code -ne 124 ] && [ $code -ne 137 ] || fail "$what: hangs: $(cat one.log)"
  pgrep -f "train .*run.dir=$work/one " >/dev/null && sleep 6
  pgrep -af "train .*run.dir=$work/one " && fail "$what: ranks are left"
  status=none; [ -z "${VERBOSE:-}" ] || echo "$what: code $code, $SECONDS s"
  [ -e one/outcome.json ] && status=$(sed -n 's/.*"status": "\(.*\)".*/\1/p' one/outcome.json)
  seen[$status]=$((${seen[$status]:-0} + 1))
  case $status in
    completed)
      [ $code -eq 0 ] || [ $target = launcher ] || fail "$what: code $code of a complete run: $(cat one.log)"
      [ $took -gt $ms ] || ms=$took
      ;;
    stopped)
      [ $code -eq 75 ] || [ $target = launcher ] || fail "$what: code $code, not 75: $(cat one.log)"
      if grep -q 'before the first step' one/outcome.json; then
        early=$((early + 1))
      else
        "$laconic" verify one >/dev/null || fail "$what: no complete checkpoint"
      fi
      ;;
    none) ;;  # before main()
    running) [ $target = launcher ] || fail "$what: outcome running, code $code: $(cat one.log)" ;;  # mpiexec killed the ranks
    *) fail "$what: outcome $status, code $code: $(cat one.log)" ;;
  esac
  [ $status = running ] || { [ $status = stopped ] && [ $((i % 4)) -eq 0 ]; } || continue
  ranks 2 "$laconic" resume one >/dev/null 2>one.log || fail "$what: resume: $(cat one.log)"
  [ "$("$laconic" inspect --fingerprint one)" = "$whole" ] || fail "$what: state differs"
done
[ "${seen[stopped]:-0}" -ge $((count / 5)) ] || fail "hardly any run was stopped: $(declare -p seen)"
echo "$count signals, $early before the first step: $(declare -p seen | sed 's/.*(//; s/)//')"
