# shellcheck shell=bash disable=SC2034
# Piz Daint (Cray XC50, one P100 a node), as its documentation described it; not tried there by us.
#   sbatch --constraint=gpu --ntasks-per-node=1 --cpus-per-task=12 --account=...
# Cray MPICH speaks Slurm's default; hyper-threads (24 CPUs) do not help dense products.
module load daint-gpu PrgEnv-gnu
export OMP_NUM_THREADS=${SLURM_CPUS_PER_TASK:-12}
launch=(srun --kill-on-bad-exit=1 --unbuffered --hint=nomultithread --cpus-per-task="${SLURM_CPUS_PER_TASK:-12}")
