#!/usr/bin/env python3
"""The quick start's network: clusters in laconic beside the whole graph at once in PyTorch, to the same accuracy.

  full_batch.py GRAPH.h5 [--epochs N]  GRAPH.h5: written by `laconic data build configs/quick/cluster_gcn.yaml GRAPH.h5`

Two compute threads each. laconic's time is that of all its steps, those after its best epoch included; PyTorch's ends at
the epoch whose validation accuracy reaches laconic's best, at the fastest of its learning rates, or after N epochs.
Exit 1 on a missed bar.
"""

import argparse
import pathlib
import sys

import environment
from peers import Bars, peer, root, train


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=200)
    options = parser.parse_args()

    print(environment.versions())
    result, ours = train(root / "configs/quick/cluster_gcn.yaml", "data.source.format=hdf5",
                         f"data.source.file={options.graph.resolve()}", threads=2)  # fmt: skip
    target = result["metrics"]["val"]["accuracy"]
    print(f"laconic: {ours:.2f} s, validation {target:.4f}, test {result['metrics']['test']['accuracy']:.4f}")

    tries = peer("full_batch_torch.py", options.graph, "--target", target, "--epochs", options.epochs, threads=2)
    for one in tries:
        end = "reached it" if one["reached"] else f"best {one['best_val']:.4f}"
        print(f"torch, lr {one['lr']}: {one['seconds']:.1f} s, {one['epochs']} epochs, {end}, test {one['test']:.4f}")
    torch = min((one["seconds"] for one in tries if one["reached"]), default=min(one["seconds"] for one in tries))
    bars = Bars()
    bars.at_least("torch / laconic, seconds to the same accuracy", torch / ours, 4)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
