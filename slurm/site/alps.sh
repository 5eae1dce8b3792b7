# shellcheck shell=bash disable=SC2034
# Alps at CSCS (four GH200 per node), as its documentation describes it. It was not tested there.
#   sbatch --uenv=prgenv-gnu-openmpi/... --view=default --ntasks-per-node=4 --gpus-per-task=1 --cpus-per-task=72 --account=...
# Without --gpus-per-task all ranks of a node use its first GPU, without a warning.
export PMIX_MCA_psec=native
launch=(srun --mpi=pmix --kill-on-bad-exit=1 --unbuffered --gpus-per-task=1 --cpus-per-task="${SLURM_CPUS_PER_TASK:-72}")
