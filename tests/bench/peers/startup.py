#!/usr/bin/env python3
"""From a command to its end with one step trained: laconic beside PyTorch, alternately in one run.

  startup.py [--rounds N]

laconic also draws its images, evaluates on two splits and writes its run folder; PyTorch trains on a batch of noise.
The first round does not count: it reads the files from disk.
"""

import statistics
import subprocess
import sys
import time

import environment
from peers import here, output, parse, root, train


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def main():
    options = parse(__doc__, rounds=7)
    print(environment.versions())
    python = environment.python()
    calls = {
        "laconic": lambda: train(root / "configs/studies/bench/cnn.yaml", "run.max_steps=1"),
        "torch": lambda: output(python, "-W", "ignore", here / "startup_torch.py"),
        "import torch": lambda: subprocess.run([python, "-c", "import torch"], check=True),
    }
    times = {name: [] for name in calls}
    for _ in range(options.rounds + 1):
        for name, call in calls.items():
            times[name].append(seconds(call))
    print(f"medians of {options.rounds} rounds, seconds")
    median = {name: statistics.median(values[1:]) for name, values in times.items()}
    for name, value in median.items():
        print(f"{name:13}{value:8.3f}")
    print(f"torch / laconic: {median['torch'] / median['laconic']:.3g}")


if __name__ == "__main__":
    sys.exit(main())
