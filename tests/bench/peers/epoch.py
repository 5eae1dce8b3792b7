#!/usr/bin/env python3
"""A Cluster-GCN epoch of laconic beside the same arithmetic in PyTorch, alternately in one run, 1 thread each.

  epoch.py [GRAPH.h5] [--rounds N]     GRAPH: default $LACONIC_DATA/graphs/amazon_cs.h5

Both start from the same weights and take the same batches (laconic writes them to a file). PyTorch's are built with NumPy,
by PyG's ClusterLoader, or by that in a worker process; laconic builds them in a helper thread. The fastest of PyTorch's
counts. Exit 1 on a missed bar.
"""

import pathlib
import statistics
import sys
import tempfile

import environment
from peers import Bars, bench, parse, peer, root

PEERS = ("numpy", "pyg", "pyg_worker")
PHASES = ("data", "matrices", "forward", "backward", "update", "seconds")


def measure(graph, rounds):
    """By name: the JSON of the same five epochs, of every round."""
    runs = {name: [] for name in ("laconic", *PEERS)}
    config = root / "configs/studies/bench/epoch.yaml"
    source = f"data.source.file={pathlib.Path(graph).resolve()}"
    with tempfile.TemporaryDirectory() as folder:
        exchange = pathlib.Path(folder) / "exchange.h5"
        for _ in range(rounds):
            runs["laconic"].append(bench("epoch", config, source, "--epochs", 5, "--exchange-file", exchange))
            for name in PEERS:
                runs[name].append(peer("epoch_torch.py", graph, exchange, "--batches", name))
    return runs


def main():
    options = parse(__doc__, rounds=3, graph=True)
    print(environment.versions())
    runs = measure(options.graph, options.rounds)

    def median(name, phase):
        return statistics.median(epoch.get(phase, 0) for one in runs[name] for epoch in one["epochs"])

    torch = runs["numpy"]
    print(f"torch multiplies dense matrices at {max(one['dense_gflops'] for one in torch):.0f} GFLOP/s, "
          f"sparse ones by {torch[0]['product']}\nmedians of {options.rounds} x 5 epochs, milliseconds")  # fmt: skip
    print(f"{'':11}" + "".join(f"{phase:>10}" for phase in PHASES))
    for name in runs:
        print(f"{name:11}" + "".join(f"{1e3 * median(name, phase):10.2f}" for phase in PHASES))
    losses = {name: [epoch["loss"] for epoch in runs[name][0]["epochs"]] for name in runs}
    for name, values in losses.items():
        print(f"loss, {name:11}", *(f"{loss:.5f}" for loss in values))

    bars = Bars()
    furthest = max(abs(a - b) for name in PEERS for a, b in zip(losses["laconic"], losses[name]))
    bars.at_most("largest difference of the losses", furthest, 1e-3)
    ours = median("laconic", "seconds")
    bars.at_least("fastest of torch / laconic, epochs", min(median(name, "seconds") for name in PEERS) / ours, 4)
    arithmetic = min(sum(median(name, phase) for phase in ("forward", "backward", "update")) for name in PEERS)
    print(f"        the same without its batches and matrices: {arithmetic / ours:.3g}")
    waiting = min(median(name, "data") for name in ("pyg", "pyg_worker"))
    bars.at_least("faster of PyG's loaders / laconic, waiting for batches", waiting / median("laconic", "data"), 7)
    of_products = [e["seconds"] / e["products_alone"] for one in runs["laconic"] for e in one["epochs"]]
    bars.at_most("laconic's epoch / its products alone", statistics.median(of_products), 1.5)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
