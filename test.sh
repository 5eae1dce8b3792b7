#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, runs the test suite.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/environment.sh
scripts/install_packages.sh python3-h5py python3-numpy hdf5-tools gnuplot-nox
cmake --preset ci
cmake --build --preset ci
ctest --preset ci -j 2 "$@"
