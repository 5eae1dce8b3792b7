#!/usr/bin/env python3
"""A Cluster-GCN epoch of laconic beside the same arithmetic in PyTorch, alternately in one run, 1 thread each.

  epoch.py [GRAPH.h5] [--rounds N]     GRAPH: default $LACONIC_DATA/graphs/amazon_cs.h5

Both start from the same weights and take the same batches (laconic writes them to a file). Exit 1 on a missed bar.
"""

import argparse
import os
import pathlib
import statistics
import sys
import tempfile

from peers import Bars, laconic, peer, root, run

PHASES = ("data", "forward", "backward", "update", "seconds")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph", nargs="?", default=os.environ.get("LACONIC_DATA", "") + "/graphs/amazon_cs.h5")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    ours, torch = [], []
    with tempfile.TemporaryDirectory() as folder:
        exchange = pathlib.Path(folder) / "exchange.h5"
        config = root / "configs/studies/bench/epoch.yaml"
        for _ in range(options.rounds):
            ours.append(
                run(laconic(), "bench", "epoch", config, f"data.source.file={pathlib.Path(options.graph).resolve()}",
                    "--epochs", 5, "--exchange-file", exchange)
            )  # fmt: skip
            torch.append(peer("epoch_torch.py", options.graph, exchange, "--epochs", 5))

    def median(runs, key):
        return statistics.median(epoch[key] for one in runs for epoch in one["epochs"])

    print(f"medians of {options.rounds} x 5 epochs, seconds; torch multiplies dense matrices at "
          f"{max(one['dense_gflops'] for one in torch):.0f} GFLOP/s")  # fmt: skip
    print(f"{'':10}" + "".join(f"{phase:>10}" for phase in PHASES))
    for name, runs in (("laconic", ours), ("torch", torch)):
        print(f"{name:10}" + "".join(f"{median(runs, phase):10.4f}" for phase in PHASES))
    print("loss, laconic:", *(f"{epoch['loss']:.5f}" for epoch in ours[0]["epochs"]))
    print("loss, torch:  ", *(f"{epoch['loss']:.5f}" for epoch in torch[0]["epochs"]))

    bars = Bars()
    pairs = zip(ours[0]["epochs"], torch[0]["epochs"])
    bars.at_most("largest difference of the losses", max(abs(a["loss"] - b["loss"]) for a, b in pairs), 1e-3)
    torch_arithmetic = sum(median(torch, phase) for phase in ("forward", "backward", "update"))
    bars.at_least("torch / laconic, epochs", median(torch, "seconds") / median(ours, "seconds"), 3)
    print(f"        torch without building batches / laconic: {torch_arithmetic / median(ours, 'seconds'):.3g}")
    of_products = statistics.median(e["seconds"] / e["products_alone"] for one in ours for e in one["epochs"])
    bars.at_most("laconic's epoch / its products alone", of_products, 1.5)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
