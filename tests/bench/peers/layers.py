#!/usr/bin/env python3
"""How an epoch's time grows with depth: 6 layers beside 2, alternately in one run, the same batches. Exit 1 on a missed bar.

  layers.py [--rounds N]

A batch is built once a step whatever the depth, and the first layer needs no gradient of its input: with
forward, weight gradient and input gradient at equal cost, 6 layers are 17 products and 2 are 5, so 3.4 is linear.
"""

import statistics
import sys

from peers import Bars, bench, parse, root


def main():
    options = parse(__doc__, rounds=3)
    seconds = {2: [], 6: []}
    for _ in range(options.rounds):
        for layers, times in seconds.items():
            config = root / "configs/studies/bench/layers.yaml"
            result = bench("epoch", config, f"model.layers={layers}", "--epochs", 3)
            times += [epoch["seconds"] for epoch in result["epochs"]]
    median = {layers: statistics.median(times) for layers, times in seconds.items()}
    for layers, time in median.items():
        print(f"{layers} layers: {time:.3f} s an epoch")
    bars = Bars()
    bars.at_most("6 layers / 2 layers", median[6] / median[2], 3.6)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
