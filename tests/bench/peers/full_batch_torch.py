#!/usr/bin/env python3
"""Trains the quick start's network on the whole graph at once, in PyTorch, until validation reaches a target.

  full_batch_torch.py GRAPH.h5 --target ACCURACY [--lr RATE ...] [--epochs N] [--threads N]

Layer 1: [A X | X] W on sparse features, A X computed once beforehand and not counted; LayerNorm, ReLU, dropout 0.3;
layer 2: [A H | H] W. Adam, cross-entropy over the training nodes. Every product with a sparse matrix has its transpose
at hand. Prints JSON, a line a learning rate: seconds of forward, backward and update until the target, evaluation apart.
"""

import argparse
import json
import time

import h5py
import numpy as np
import torch
from graph_file import Neighbours
from products import Multiply, fastest, operator

HIDDEN, DROPOUT = 128, 0.3


def sparse_features(file):
    """Node features as a torch COO tensor, rows x features."""
    group = file["features"]
    indptr = group["indptr"][:]
    rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    values = group["values"][:] if "values" in group else np.ones(len(rows), np.float32)
    columns = group["indices"][:].astype(np.int64)
    size = (len(indptr) - 1, int(file.attrs["num_features"]))
    return torch.sparse_coo_tensor(np.stack([rows, columns]), values.astype(np.float32), size).coalesce()


def csr(matrix):
    """(indptr, indices, values, size) of a COO tensor."""
    matrix = matrix.coalesce().to_sparse_csr()
    return matrix.crow_indices(), matrix.col_indices(), matrix.values(), tuple(matrix.shape)


def multipliers(*pair):
    """X -> A X and X -> A^T X of two matrices in CSR, each in PyTorch's fastest way."""
    return [operator(fastest(matrix, HIDDEN), *matrix) for matrix in pair]


class Network(torch.nn.Module):
    def __init__(self, features, classes):
        super().__init__()

        def weight(inputs, outputs):
            bound = (6 / (inputs + outputs)) ** 0.5
            return torch.nn.Parameter(torch.empty(inputs, outputs).uniform_(-bound, bound))

        self.near, self.own = weight(features, HIDDEN), weight(features, HIDDEN)
        self.norm = torch.nn.LayerNorm(HIDDEN)
        self.near2, self.own2 = weight(HIDDEN, classes), weight(HIDDEN, classes)

    def forward(self, graph, aggregated, own):
        h = Multiply.apply(*aggregated, self.near) + Multiply.apply(*own, self.own)
        h = torch.nn.functional.dropout(torch.relu(self.norm(h)), DROPOUT, self.training)
        return Multiply.apply(*graph, h @ self.near2) + h @ self.own2


def train(data, target, lr, epochs):
    graph, aggregated, own, labels, splits, (features, classes) = data
    torch.manual_seed(1)
    network = Network(features, classes)
    adam = torch.optim.Adam(network.parameters(), lr=lr)
    seconds, best = 0.0, 0.0
    for epoch in range(1, epochs + 1):
        begin = time.perf_counter()
        network.train()
        adam.zero_grad()
        output = network(graph, aggregated, own)[splits["train"]]
        torch.nn.functional.cross_entropy(output, labels[splits["train"]]).backward()
        adam.step()
        seconds += time.perf_counter() - begin
        network.eval()
        with torch.no_grad():
            guess = network(graph, aggregated, own).argmax(1)
        accuracy = {k: (guess[v] == labels[v]).double().mean().item() for k, v in splits.items()}
        best = max(best, accuracy["val"])
        if accuracy["val"] >= target:
            break
    return {"lr": lr, "epochs": epoch, "seconds": seconds, "reached": best >= target, "best_val": best,
            "test": accuracy["test"]}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph")
    parser.add_argument("--target", type=float, required=True)
    parser.add_argument("--lr", type=float, nargs="+", default=[0.005, 0.01, 0.02])
    parser.add_argument("--epochs", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    with h5py.File(options.graph) as file:
        x = sparse_features(file)
        labels = torch.from_numpy(file["labels/class"][:].astype(np.int64))
        nodes = np.arange(len(labels))
        graph = Neighbours.read(file, nodes).row_loop()
        splits = {}
        for name in ("train", "val", "test"):
            chosen = torch.from_numpy(file[f"splits/default/{name}"][:].astype(np.int64))
            splits[name] = chosen[labels[chosen] >= 0]
        sizes = x.shape[1], int(file.attrs["num_classes"])
    indptr, indices, values, size = graph[0]
    aggregated = torch.sparse.mm(torch.sparse_csr_tensor(indptr, indices, values, size=size).to_sparse(), x)
    products = [multipliers(*pair) for pair in (graph, *((csr(m), csr(m.t())) for m in (aggregated, x)))]
    data = (*products, labels, splits, sizes)
    print(json.dumps([train(data, options.target, lr, options.epochs) for lr in options.lr]))


if __name__ == "__main__":
    main()
