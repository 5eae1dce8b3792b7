# shellcheck shell=bash disable=SC2034  # sourced
# Sourced by the scripts: what Open MPI needs as root and on a machine with few cores. Set for a user's own
# mpirun calls in the same way.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1   # containers and CI run as root
export OMPI_MCA_rmaps_base_oversubscribe=1                         # more ranks than cores
export OMPI_MCA_odls_base_sigkill_timeout=5                       # seconds to write a checkpoint after mpirun's SIGTERM
# Not OMPI_MCA_mpi_yield_when_idle: the communication thread spins briefly and then naps by itself, while yielding to a
# busy compute thread costs it a whole time slice a message (measured by tests/mpi/bench.cpp, argument `busy`).
