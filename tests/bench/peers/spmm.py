#!/usr/bin/env python3
"""laconic's SpMM beside the fastest of PyTorch's, alternately in one run. Exit 1 on a missed bar.

  spmm.py [GRAPH.h5] [--rounds N]      GRAPH: default $LACONIC_DATA/graphs/amazon_cs.h5

A ratio is the median over the rounds of PyTorch's fastest way in that round, divided by laconic's time in it.
"""

import pathlib
import statistics
import sys
import tempfile

import environment
from peers import Bars, bench, parse, peer

WIDTHS = (64, 128, 256)
THREADS = (1, 2)
ORDERS = (("the file's order", 0), ("cluster order, as in training", 50))


def measure(graph, rounds, clusters, exchange):
    """By (threads, F): a list with a round's {name: milliseconds}; and by threads, triad GB/s."""
    times = {(t, f): [] for t in THREADS for f in WIDTHS}
    triad = {t: [] for t in THREADS}
    ordered = ("--exchange-file", exchange) if clusters else ()
    for _ in range(rounds):
        for threads in THREADS:
            ours = bench("spmm", graph, "--threads", threads, "--widths", ",".join(map(str, WIDTHS)),
                         "--clusters", clusters, *ordered, threads=threads)  # fmt: skip
            theirs = peer("spmm_torch.py", graph, *ordered, "--widths", *WIDTHS, "--threads", threads, threads=threads)
            triad[threads].append(1e-9 * ours["triad_bytes_per_s"])
            for row in ours["spmm"]:
                one = {r["way"]: r["ms"] for r in theirs["results"] if r["width"] == row["width"]}
                gathered = 1e-9 * row["gathered_bytes_per_s"]
                times[threads, row["width"]].append({"laconic": 1e3 * row["seconds"], **one, "GB/s": gathered})
    return times, triad


def ratio(one):
    names = set(one) - {"laconic", "GB/s"}
    return min(one[name] for name in names) / one["laconic"]


def print_table(times, triad):
    names = list(next(iter(times.values()))[0])
    print(f"{'threads':>7} {'F':>4}" + "".join(f"{name:>14}" for name in names) + f"{'triad':>7}{'ratio':>7}  of the rounds")
    for (threads, f), rounds in times.items():
        medians = [statistics.median(one[name] for one in rounds) for name in names]
        ratios = sorted(map(ratio, rounds))
        print(f"{threads:7} {f:4}" + "".join(f"{m:14.3f}" for m in medians) + f"{statistics.median(triad[threads]):7.0f}"
              f"{statistics.median(ratios):7.2f}  {ratios[0]:.2f} to {ratios[-1]:.2f}")  # fmt: skip


def main():
    options = parse(__doc__, rounds=5, graph=True)
    print(environment.versions())
    print(f"medians of {options.rounds} rounds, milliseconds; gathered GB/s beside the triad's")
    bars = Bars()
    with tempfile.TemporaryDirectory() as folder:
        for order, clusters in ORDERS:
            print(f"both in {order}:")
            times, triad = measure(options.graph, options.rounds, clusters, pathlib.Path(folder) / "exchange.h5")
            print_table(times, triad)
            for (threads, f), rounds in times.items():
                ratios = statistics.median(map(ratio, rounds))
                bars.at_least(f"fastest of torch / laconic, {threads} threads, F={f}", ratios, 2.2)
            for f in WIDTHS:
                one, two = (statistics.median(r["laconic"] for r in times[t, f]) for t in THREADS)
                bars.at_least(f"laconic, 1 thread / 2 threads, F={f}", one / two, 1.7)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
