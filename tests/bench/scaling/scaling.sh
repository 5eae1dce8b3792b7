#!/usr/bin/env bash
# How much sooner a sparse sum of 1 % ends than a dense one, from 2 ranks up: the real algorithms on modelled networks
# (bench scaling), a gradient of VGG-16's size. Memory grows with ranks: 6 GB for 1,024.
#   scaling.sh OUTPUT_FOLDER [LARGEST]     LARGEST: number of ranks, default 512
# Writes a JSON file a network, and scaling.txt.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: scaling.sh OUTPUT_FOLDER [LARGEST]} largest=${2:-512}
for candidate in "${LACONIC:-}" "$here/../../../build/cpu/bin/laconic" "$here/../../../build/ci/bin/laconic"; do
  [[ -x "$candidate" ]] && laconic=$candidate && break
done
: "${laconic:?no executable: build first (cmake --preset cpu && cmake --build --preset cpu), or set LACONIC}"
mkdir -p "$out"

ranks=2
for ((p = 4; p <= largest; p *= 2)); do ranks+=,$p; done
measure() {  # measure NAME LATENCY-US GBIT-PER-S
  "$laconic" bench scaling --n 14728266 --k 147282 --ranks "$ranks" --algorithms oktopk,spardl \
    --latency-us "$2" --gbit-per-s "$3" >"$out/$1.json"
  # Every rank of topka holds what all ranks select: beyond 64 that is too much for one machine.
  "$laconic" bench scaling --n 14728266 --k 147282 --ranks "$(sed 's/,128.*//' <<<"$ranks")" --algorithms topka,gtopk \
    --latency-us "$2" --gbit-per-s "$3" >"$out/$1.few.json"
}
measure ethernet10 30 10     # TCP
measure ethernet100 5 100    # RDMA
measure dragonfly 1.5 80     # a Cray XC50's kind

python3 - "$out" <<'PY' >"$out/scaling.txt"
import json, pathlib, sys
for network in ("ethernet10", "ethernet100", "dragonfly"):
    points = [p for part in ("", ".few") for p in json.loads(pathlib.Path(f"{sys.argv[1]}/{network}{part}.json").read_text())["points"]]
    for algorithm in ("oktopk", "spardl", "gtopk", "topka"):
        print(f"# {network} {algorithm}: ranks, times as fast as dense, k words")
        for p in points:
            if p["algorithm"] == algorithm:
                print(p["ranks"], p["dense_seconds"] / p["seconds"], p["words_over_k"])
        print("\n")
PY
cat "$out/scaling.txt"
