#!/usr/bin/env bash
# One rank trains with an empty environment: MPI needs no helper for it.
. "$(dirname "$0")/common.sh"
expect 0 '1 ranks x 1 threads' env -i "$laconic" train "$tiny" run.dir="$work/run" train.epochs=1
