# shellcheck shell=bash disable=SC2034
# Any Slurm. LACONIC_MPI names the plugin (srun --mpi=list) that the MPI of the executable speaks; Open MPI wants pmix, and
# MPICH pmi2 where it was built for it.
# --cpus-per-task: srun forgot it in Slurm 22.05 to 23.02. --kill-on-bad-exit: a rank that died takes the others with it.
launch=(srun --kill-on-bad-exit=1 --unbuffered --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}")
if [ -n "${LACONIC_MPI:-}" ]; then
  launch+=(--mpi="$LACONIC_MPI")
elif srun --mpi=list 2>&1 | grep -qw pmix; then
  launch+=(--mpi=pmix)
fi
