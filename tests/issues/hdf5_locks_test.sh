#!/usr/bin/env bash
# HDF5 files are written and read on file systems without flock. If the HDF5 library insists on
# locks, the message names its environment variable.
. "$(dirname "$0")/common.sh"
"$laconic" train "$tiny" run.dir=r run.max_steps=3 >log 2>&1 || fail "train: $(cat log)"
for errno in 37 95 524; do
  faulty "$PWD flock $errno 1 0" expect 0 '' "$laconic" data build "$tiny" built.h5
  faulty "$PWD flock $errno 1 0" expect 0 '' "$laconic" predict r -o predicted.h5
  faulty "$PWD flock $errno 1 0" expect 0 '' "$laconic" data inspect built.h5
done
export HDF5_USE_FILE_LOCKING=TRUE
faulty "$PWD flock 37 1 0" expect 65 'HDF5_USE_FILE_LOCKING=TRUE' "$laconic" data inspect built.h5
faulty "$PWD flock 37 1 0" expect 73 'HDF5_USE_FILE_LOCKING=TRUE' "$laconic" data build "$tiny" again.h5
[ -z "$(find . -name '*again*' -o -name '*tmp*')" ] || fail "left over: $(ls)"
