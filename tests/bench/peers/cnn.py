#!/usr/bin/env python3
"""A training step of a small convolutional network beside PyTorch's fastest, alternately in one run, 1 thread each.

  cnn.py [--rounds N]

laconic's time is that of epochs, batches included; PyTorch trains on one batch that is there already.
Exit 1 on a missed bar.
"""

import statistics
import sys

import environment
from peers import Bars, bench, parse, peer, root

BATCHES = (32, 128)
IMAGES = 1920  # per epoch of the configuration


def main():
    options = parse(__doc__, rounds=3)
    print(environment.versions())
    rounds = {batch: [] for batch in BATCHES}  # {name: milliseconds}
    for _ in range(options.rounds):
        theirs = peer("cnn_torch.py", "--batches", *BATCHES)
        for batch in BATCHES:
            result = bench("epoch", root / "configs/studies/bench/cnn.yaml", f"train.batch={batch}", "--epochs", 3)
            ours = statistics.median(epoch["seconds"] for epoch in result["epochs"]) / (IMAGES / batch)
            rounds[batch].append({"laconic": 1e3 * ours, **{r["way"]: r["ms"] for r in theirs if r["batch"] == batch}})
    names = list(rounds[BATCHES[0]][0])
    print(f"medians of {options.rounds} rounds, milliseconds a step")
    print(f"{'batch':>5}" + "".join(f"{name:>25}" for name in names))
    bars = Bars()
    for batch, times in rounds.items():
        median = {name: statistics.median(one[name] for one in times) for name in names}
        print(f"{batch:5}" + "".join(f"{median[name]:25.2f}" for name in names))
        ratios = [min(one[name] for name in names[1:]) / one["laconic"] for one in times]
        bars.at_least(f"fastest of torch / laconic, batch {batch}", statistics.median(ratios), 1.3)
    return 1 if bars.missed else 0


if __name__ == "__main__":
    sys.exit(main())
