#!/usr/bin/env python3
"""Times steps of the network of configs/studies/bench/cnn.yaml in PyTorch, on images that are there already.

  cnn_torch.py [--batches N ...] [--steps N] [--threads N]

Prints JSON: the median milliseconds of a step for every batch size and way. The ways are two layouts in memory, each with
and without torch.compile, which needs a C++ compiler.
"""

import argparse
import itertools
import json
import statistics
import time

import torch
from torch.nn import functional

CLASSES = 5


class Cnn(torch.nn.Module):
    """Convolution, max pooling and ReLU twice, a hidden layer of 512, softmax cross-entropy."""

    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 32, 5, padding=2)
        self.conv2 = torch.nn.Conv2d(32, 64, 5, padding=2)
        self.dense1 = torch.nn.Linear(64 * 7 * 7, 512)
        self.output = torch.nn.Linear(512, CLASSES)

    def forward(self, x):
        for convolution in (self.conv1, self.conv2):
            x = torch.relu(functional.max_pool2d(convolution(x), 2))
        return self.output(torch.relu(self.dense1(x.flatten(1))))


def images(batch, layout=torch.contiguous_format):
    generator = torch.Generator().manual_seed(1)
    x = torch.rand(batch, 1, 28, 28, generator=generator).contiguous(memory_format=layout)
    return x, torch.randint(CLASSES, (batch,), generator=generator)


def optimizer_of(network):
    return torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, fused=True)


def step(network, optimizer, x, labels):
    optimizer.zero_grad(set_to_none=True)
    functional.cross_entropy(network(x), labels).backward()
    optimizer.step()


def measure(batch, layout, compiled, steps):
    torch.manual_seed(1)
    network = Cnn().to(memory_format=layout)
    optimizer, (x, labels) = optimizer_of(network), images(batch, layout)
    called = torch.compile(network) if compiled else network
    times = []
    for _ in range(steps + 10):
        begin = time.perf_counter()
        step(called, optimizer, x, labels)
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times[10:])  # the first ten warm up


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 128])
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    results = []
    layouts = {"channels first": torch.contiguous_format, "channels last": torch.channels_last}
    for batch, layout, compiled in itertools.product(options.batches, layouts, (False, True)):
        way = layout + (", compiled" if compiled else "")
        results.append({"batch": batch, "way": way, "ms": measure(batch, layouts[layout], compiled, options.steps)})
    print(json.dumps(results))


if __name__ == "__main__":
    main()
