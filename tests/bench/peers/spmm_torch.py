#!/usr/bin/env python3
"""Times PyTorch's products of a graph's matrix and a dense one: the peer of `laconic bench spmm`.

  spmm_torch.py GRAPH.h5 [--exchange-file FILE] [--widths F ...] [--threads N]

The matrix is (D+I)^-1 (A+I) in float32, as a Cluster-GCN layer uses it. Prints JSON: the median in milliseconds of every
way and width F. Exit 1 if two ways disagree.
"""

import argparse
import json
import sys

import h5py
import numpy as np
import torch
from graph_file import Neighbours
from products import WAYS, milliseconds, operator


def normalised_adjacency(path, exchange):
    """(D+I)^-1 (A+I) in CSR; with an exchange file, nodes of a cluster lie together."""
    with h5py.File(path) as file:
        position = np.arange(len(file["graph/indptr"]) - 1)
        if exchange:
            with h5py.File(exchange) as clusters:
                position = np.argsort(np.argsort(clusters["part_of"][:], kind="stable"))
        return Neighbours.read(file, position).row_loop()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph", help="HDF5 file with graph/indptr and graph/indices")
    parser.add_argument("--exchange-file", help="order of the nodes, written by laconic bench spmm --clusters")
    parser.add_argument("--widths", type=int, nargs="+", default=[64, 128, 256])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=25)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    matrix = normalised_adjacency(options.graph, options.exchange_file)
    operators = {way: operator(way, *matrix) for way in WAYS}
    results = []
    for width in options.widths:
        x = torch.rand(matrix[3][1], width, generator=torch.Generator().manual_seed(1))
        first, *others = (multiply(x) for multiply in operators.values())
        if not all(torch.allclose(first, other, rtol=1e-4) for other in others):
            sys.exit(f"F={width}: the products differ")
        for way, multiply in operators.items():
            results.append({"way": way, "width": width, "ms": milliseconds(multiply, x, options.repeats)})
    print(json.dumps({"peer": "torch " + torch.__version__, "threads": options.threads, "results": results}, indent=2))


if __name__ == "__main__":
    main()
