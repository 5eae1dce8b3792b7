#!/bin/sh
# The sparse allreduces against the fastest dense one, VGG-16's gradient at 1 % on 8 hosts, over 100 Mbit/s and 1 Gbit/s:
# tables, ratios with the bars they must clear, and how large gradients that lie in few places slow oktopk down.
#
#   allreduce.sh LACONIC OUTPUT_FOLDER [bench allreduce options for the tables]
#
# Writes JSON a rate. Exit code: 1 where a bar is missed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { sed -n '5s/^# *//p' "$0" >&2; exit 64; }
laconic=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
shift 2

hosts=8
for rate in 100mbit 1gbit; do
    echo "== $hosts hosts, $rate; load $(cut -d' ' -f1-3 /proc/loadavg)"
    "$here/run.sh" --hosts "$hosts" --rate "$rate" -- "$laconic" bench allreduce \
        --json "$out/$rate.json" --save "$out/$rate.machine.json" "$@"
    "$here/run.sh" --hosts "$hosts" --rate "$rate" -- "$laconic" bench allreduce --algorithms oktopk \
        --data uniform,rank_disjoint,hot_slice --warm-up 5 --json "$out/$rate.skew.json"
done
python3 "$here/bars.py" "$out"
