#!/usr/bin/env python3
"""Times PyTorch's CSR @ dense on the graph of an HDF5 file: the peer of `laconic bench spmm`.

The matrix is (D+I)^-1 (A+I) in float32, as a Cluster-GCN layer uses it. Prints one JSON object:
milliseconds (median and best of the repetitions) for every width F and number of threads.
Needs torch, numpy and h5py (Debian: python3-torch, python3-h5py; then run it with /usr/bin/python3).
"""

import argparse
import json
import statistics
import time

import h5py
import numpy as np
import torch
from graph_file import Neighbours


def normalised_adjacency(path, exchange):
    """(D+I)^-1 (A+I) as a torch CSR tensor; with an exchange file, nodes of a cluster lie together."""
    with h5py.File(path) as file:
        position = np.arange(len(file["graph/indptr"]) - 1)
        if exchange:
            with h5py.File(exchange) as clusters:
                position = np.argsort(np.argsort(clusters["part_of"][:], kind="stable"))
        return Neighbours.read(file, position).row_loop()[0]


def milliseconds(matrix, x, repeats):
    samples = []
    for _ in range(repeats + 2):
        begin = time.perf_counter()
        matrix @ x
        samples.append(1e3 * (time.perf_counter() - begin))
    return samples[2:]  # the first two warm up


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph", help="HDF5 file with graph/indptr and graph/indices")
    parser.add_argument("--exchange-file", help="order of the nodes, written by laconic bench spmm --clusters")
    parser.add_argument("--widths", type=int, nargs="+", default=[32, 64, 128, 256])
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()

    matrix = normalised_adjacency(options.graph, options.exchange_file)
    results = []
    for threads in options.threads:
        torch.set_num_threads(threads)
        for width in options.widths:
            x = torch.randn(matrix.shape[0], width, generator=torch.Generator().manual_seed(1))
            samples = milliseconds(matrix, x, options.repeats)
            results.append(
                {
                    "threads": threads,
                    "width": width,
                    "median_ms": statistics.median(samples),
                    "best_ms": min(samples),
                }
            )
    print(
        json.dumps(
            {
                "peer": "torch " + torch.__version__ + ", CSR @ dense, float32",
                "graph": options.graph,
                "rows": matrix.shape[0],
                "nonzeros": int(matrix.values().numel()),
                "repeats": options.repeats,
                "results": results,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
