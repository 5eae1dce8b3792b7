# shellcheck shell=bash disable=SC2034
# Alps at CSCS (four GH200 a node), as its documentation describes it; not tried there by us.
#   sbatch --uenv=prgenv-gnu-openmpi/... --view=default --ntasks-per-node=4 --gpus-per-task=1 --cpus-per-task=72 --account=...
# Without --gpus-per-task all ranks of a node take its first GPU, silently.
export PMIX_MCA_psec=native
launch=(srun --mpi=pmix --kill-on-bad-exit=1 --unbuffered --gpus-per-task=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-72}")
