#!/usr/bin/env bash
# comm.timeout limits the time without messages, not the time of work: partitioning may take longer.
. "$(dirname "$0")/common.sh"
sed 's/nodes: 600, blocks: 12/nodes: 60000, blocks: 600/; s/parts: 12/parts: 2500/' "$tiny" > big.yaml
expect 0 '' "$mpiexec" "$np" 2 "$laconic" train big.yaml run.dir=r run.max_steps=1 comm.timeout=0.6
# The other ranks still detect a rank that is stopped.
"$mpiexec" "$np" 2 "$laconic" train big.yaml run.dir=s run.max_steps=1 comm.timeout=0.5 >log 2>&1 &
until grep -qs partitioning log; do sleep 0.02; done
victim=$(pgrep -f 'run.dir=s' | while read -r pid; do [ "$(cat "/proc/$pid/comm")" = laconic ] && echo "$pid"; done | tail -1)
kill -STOP "$victim"
code=0
wait $! || code=$?
kill -KILL "$victim" 2>/dev/null
[ $code = 76 ] || { cat log >&2; fail "exit $code with a stopped rank"; }
echo 'PASSED'
