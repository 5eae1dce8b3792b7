# shellcheck shell=bash disable=SC2034
# Piz Daint (Cray XC50, one P100 per node), as its documentation described it. It was not tested
# there.
#   sbatch --constraint=gpu --ntasks-per-node=1 --cpus-per-task=12 --account=...
# Cray MPICH uses Slurm's default plugin. Hyper-threads (24 CPUs) do not make dense products faster.
module load daint-gpu PrgEnv-gnu
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-12}
launch=(srun --kill-on-bad-exit=1 --unbuffered --hint=nomultithread --cpus-per-task="${SLURM_CPUS_PER_TASK:-12}")
