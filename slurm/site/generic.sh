# shellcheck shell=bash disable=SC2034
# Any site with Slurm. LACONIC_MPI names the plugin (srun --mpi=list) for the MPI of the executable:
# pmix for Open MPI, and pmi2 for an MPICH that was built with it.
# --cpus-per-task: srun of Slurm 22.05 to 23.02 does not inherit it from the job.
# --kill-on-bad-exit: if a rank dies, the others end as well.
launch=(srun --kill-on-bad-exit=1 --unbuffered --cpus-per-task="${SLURM_CPUS_PER_TASK:-1}")
if [ -n "${LACONIC_MPI:-}" ]; then
  launch+=(--mpi="$LACONIC_MPI")
elif srun --mpi=list 2>&1 | grep -qw pmix; then
  launch+=(--mpi=pmix)
fi
