#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, runs the test suite.
set -euo pipefail
cd "$(dirname "$0")"
. scripts/environment.sh
scripts/install_packages.sh python3-h5py python3-numpy python3-jsonschema python3-yaml hdf5-tools zsh mandoc
cmake --preset ci
cmake --build --preset ci
ctest --preset ci -j 2 "$@"
