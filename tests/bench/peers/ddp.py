#!/usr/bin/env python3
"""A step of two ranks on this machine: laconic's dense sum beside PyTorch's DDP over gloo, alternately in one run.

  ddp.py [--rounds N]

32 images and one thread per rank, 6.6 MB of gradient. laconic's ranks share memory through MPI, gloo sends over the loopback
interface; neither is slowed down. laconic's mean includes the batches and the first, slower steps; PyTorch's does not.
"""

import statistics
import sys

import environment
from peers import parse, peer, root, train


def main():
    options = parse(__doc__, rounds=3)
    print(environment.versions())
    config = root / "configs/studies/bench/cnn.yaml"
    rounds = []
    for _ in range(options.rounds):
        one = {}
        for name, ranks in (("laconic alone", 1), ("laconic", 2)):
            result, seconds = train(config, "comm.allreduce=dense", "train.epochs=4", ranks=ranks)
            one[name] = 1e3 * seconds / result["steps"]
        theirs = peer("ddp_torch.py")
        rounds.append({**one, "torch alone": theirs["alone"], "torch": theirs["ms"]})
    print(f"medians of {options.rounds} rounds, milliseconds a step")
    for name in rounds[0]:
        print(f"{name:15}{statistics.median(one[name] for one in rounds):8.2f}")
    print(f"torch / laconic: {statistics.median(one['torch'] / one['laconic'] for one in rounds):.3g}")


if __name__ == "__main__":
    sys.exit(main())
