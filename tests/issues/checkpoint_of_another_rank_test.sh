#!/usr/bin/env bash
# A checkpoint that one rank cannot write ends all ranks with the code of that rank, whatever its
# cause, and older checkpoints stay. (Rank 0 used to end with 74 and raced the other for the code.)
. "$(dirname "$0")/common.sh"
run=(train "$tiny" run.dir=r comm.allreduce=oktopk comm.density=0.05 comm.auto_dense=false)
EACCES=13 ENOSPC=28
# ends CALL ERRNO CODE: the call fails for good at rank 1, which writes a file of its own
ends() {
  rm -rf r
  faults="r/checkpoints $1 $2 1 0 1" expect "$3" 'shard 1: ' "$mpiexec" "$np" 2 "$laconic" "${run[@]}"
  grep -q 'by another rank, older ones are intact' log || fail "$1 $2: rank 0 does not say why: $(cat log)"
  grep -q "\"code\": $3" r/outcome.json || fail "$1 $2: $(cat r/outcome.json)"
  ranks 2 "$laconic" "${run[@]}" run.if_exists=resume >log 2>&1 || fail "$1 $2: again: $(cat log)"
}
ends open_write $EACCES 73
ends write $ENOSPC 74
