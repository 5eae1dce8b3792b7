#!/usr/bin/env python3
"""laconic's SpMM beside PyTorch's CSR product on Amazon Computers, alternately in one run. Exit 1 on a missed bar.

  spmm.py [GRAPH.h5] [--rounds N]      GRAPH: default $LACONIC_DATA/graphs/amazon_cs.h5
"""

import argparse
import os
import pathlib
import statistics
import sys
import tempfile

from peers import Bars, laconic, peer, run

WIDTHS = (64, 128)


def measure(graph, rounds, clusters, exchange):
    """Alternating runs of both: seconds by (who, width), gathered bytes/s and triad by threads."""
    seconds = {(who, f): [] for who in ("torch", 1, 2) for f in WIDTHS}
    gathered = {(threads, f): [] for threads in (1, 2) for f in WIDTHS}
    triad = {1: [], 2: []}
    ordered = ("--exchange-file", exchange) if clusters else ()
    for _ in range(rounds):
        for threads in (1, 2):
            ours = run(laconic(), "bench", "spmm", graph, "--threads", threads, "--widths", "64,128",
                       "--clusters", clusters, *ordered, threads=threads)  # fmt: skip
            triad[threads].append(ours["triad_bytes_per_s"])
            for row in ours["spmm"]:
                seconds[threads, row["width"]].append(row["seconds"])
                gathered[threads, row["width"]].append(row["gathered_bytes_per_s"])
        for row in peer("spmm_torch.py", graph, *ordered, "--widths", *WIDTHS)["results"]:
            seconds["torch", row["width"]].append(1e-3 * row["median_ms"])
    median = {key: statistics.median(values) for key, values in seconds.items()}
    print(f"{'F':>4} {'torch':>8} {'1 thread':>9} {'2 threads':>10} {'GB/s':>6} {'triad':>6} {'GB/s, 2':>8} {'triad, 2':>9}")
    for f in WIDTHS:
        times = [1e3 * median[who, f] for who in ("torch", 1, 2)]
        rates = [1e-9 * statistics.median(v) for v in (gathered[1, f], triad[1], gathered[2, f], triad[2])]
        print("{:4d} {:8.2f} {:9.3f} {:10.3f} {:6.0f} {:6.0f} {:8.0f} {:9.0f}".format(f, *times, *rates))
    return median


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph", nargs="?", default=os.environ.get("LACONIC_DATA", "") + "/graphs/amazon_cs.h5")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()

    print(f"medians of {options.rounds} rounds, milliseconds; gathered GB/s beside triad")
    bars = Bars()
    with tempfile.TemporaryDirectory() as folder:
        for order, clusters in (("the file's order", 0), ("cluster order, as in training", 50)):
            print(f"both in {order}:")
            median = measure(options.graph, options.rounds, clusters, pathlib.Path(folder) / "exchange.h5")
            for f, bar in ((64, 6), (128, 4.5)):
                bars.at_least(f"torch / laconic, 1 thread, F={f}", median["torch", f] / median[1, f], bar)
            for f in WIDTHS:
                bars.at_least(f"1 thread / 2 threads, F={f}", median[1, f] / median[2, f], 1.7)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
