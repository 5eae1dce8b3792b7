#!/usr/bin/env bash
# If memory runs out, laconic ends with code 69, and reports no internal error.
. "$(dirname "$0")/common.sh"
ulimit -v 4000000 2>/dev/null || { echo "SKIPPED: no limit of memory here"; exit 0; }
expect 69 '^laconic: .*(out of|no) memory' "$laconic" train "$tiny" run.dir=run model.hidden=65536 model.layers=64 comm.bucket_mb=0
