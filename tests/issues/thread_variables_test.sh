#!/usr/bin/env bash
# Environment variables limit the compute threads. A value that is no number is ignored.
. "$(dirname "$0")/common.sh"
unset OMP_NUM_THREADS OMP_THREAD_LIMIT SLURM_CPUS_PER_TASK
threads() { env "$@" "$laconic" plan "$tiny" compute.threads=0 | sed -n 's/^threads  *\([0-9]*\),.*/\1/p'; }
all=$(threads A=)
[ "$all" -ge 1 ] || fail "no threads in plan"
for least in OMP_NUM_THREADS=1 OMP_NUM_THREADS=1,4 OMP_THREAD_LIMIT=1 SLURM_CPUS_PER_TASK=1; do
  [ "$(threads $least)" = 1 ] || fail "$least: $(threads $least) threads"
done
for none in OMP_NUM_THREADS= OMP_NUM_THREADS=0 OMP_NUM_THREADS=many SLURM_CPUS_PER_TASK=-2 OMP_NUM_THREADS=1000; do
  [ "$(threads $none)" = "$all" ] || fail "$none: $(threads $none) threads, not $all"
done
expect 0 '1 ranks x 1 threads' env SLURM_CPUS_PER_TASK=1 "$laconic" train "$tiny" run.dir=run compute.threads=0 train.epochs=1

# Threads on shared cores must not spin for milliseconds. What the user has chosen counts.
spins() { env "$@" OMP_DISPLAY_ENV=verbose "$laconic" train --help 2>&1 | sed -n "s/.*GOMP_SPINCOUNT = '\([0-9]*\)'.*/\1/p" | tail -1; }
if [ "$(nproc)" = 1 ] || [ -z "$(spins A=)" ]; then
  echo 'SKIPPED: one core, or an OpenMP that is not libgomp'
else
  [ "$(spins A=)" -le 10000 ] || fail "threads spin $(spins A=) times"
  [ "$(spins GOMP_SPINCOUNT=77)" = 77 ] || fail "GOMP_SPINCOUNT=77: threads spin $(spins GOMP_SPINCOUNT=77) times"
  [ "$(spins OMP_WAIT_POLICY=passive)" = 0 ] || fail "OMP_WAIT_POLICY=passive: threads spin"
fi
