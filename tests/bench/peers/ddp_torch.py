#!/usr/bin/env python3
"""Times steps of the network of configs/studies/bench/cnn.yaml with PyTorch's DDP over gloo, one thread per rank.

  ddp_torch.py [--ranks N] [--batch IMAGES PER RANK] [--steps N]

Prints JSON: mean milliseconds of a step on rank 0, with the sum of the gradients and (`alone`) without it.
"""

import argparse
import json
import pathlib
import tempfile
import time

import torch
from cnn_torch import Cnn, images, optimizer_of, step


def milliseconds(network, batch, steps):
    optimizer, (x, labels) = optimizer_of(network), images(batch)
    for i in range(steps + 10):
        if i == 10:  # steps before it warm up
            begin = time.perf_counter()
        step(network, optimizer, x, labels)
    return 1e3 * (time.perf_counter() - begin) / steps


def work(rank, options, meeting):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=options.ranks)
    alone = milliseconds(Cnn(), options.batch, options.steps)
    torch.distributed.barrier()
    summed = milliseconds(torch.nn.parallel.DistributedDataParallel(Cnn()), options.batch, options.steps)
    torch.distributed.destroy_process_group()
    if rank == 0:
        print(json.dumps({"alone": alone, "ms": summed}))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        meeting = pathlib.Path(folder) / "meeting"
        torch.multiprocessing.spawn(work, (options, meeting), nprocs=options.ranks)


if __name__ == "__main__":
    main()
