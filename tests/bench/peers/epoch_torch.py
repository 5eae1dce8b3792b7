#!/usr/bin/env python3
"""Repeats the epochs of `laconic bench epoch --exchange-file` in PyTorch: same weights, same batches, same maths.

  epoch_torch.py GRAPH.h5 EXCHANGE.h5 [--batches numpy|pyg|pyg_worker] [--split NAME] [--epochs N]

A layer is Z = A (H Wn) + H Ws where it narrows and [A H] Wn + H Ws where it does not (laconic chooses alike),
LayerNorm and ReLU on hidden layers, Adam at 0.01, softmax cross-entropy over the batch's training nodes.
One thread. Prints JSON: loss and seconds of every epoch; waiting for a batch (`data`) and making matrices of its edges are
counted apart.
"""

import argparse
import json
import time

import numpy as np
import torch
from graph_file import Clusters
from products import Multiply, fastest, operator


class Gcn:
    """The network of configs/studies/bench/epoch.yaml and its optimizer."""

    def __init__(self, parameters):
        self.parameters = {name: value.clone().requires_grad_() for name, value in parameters.items()}
        self.layers = sum("weight_self" in name for name in parameters)
        self.adam = torch.optim.Adam(self.parameters.values(), lr=0.01, eps=1e-8, fused=True)

    def logits(self, pair, h):
        """`pair`: the functions H -> A H and H -> A^T H."""
        for layer in range(1, self.layers + 1):
            neighbours, own = (self.parameters[f"layer{layer}.weight_{side}"] for side in ("neighbours", "self"))
            if neighbours.shape[1] < neighbours.shape[0]:
                z = Multiply.apply(*pair, h @ neighbours) + h @ own
            else:
                z = Multiply.apply(*pair, h) @ neighbours + h @ own
            if layer == self.layers:
                return z
            gamma, beta = (self.parameters[f"layer{layer}.norm.{name}"].ravel() for name in ("gamma", "beta"))
            h = torch.relu(torch.nn.functional.layer_norm(z, z.shape[1:], gamma, beta, 1e-5))

    def step(self, pair, x, labels):
        """Trains on a batch; its loss, and the seconds of forward, backward and update."""
        t0 = time.perf_counter()
        loss = torch.nn.functional.cross_entropy(self.logits(pair, x), labels, ignore_index=-1)
        t1 = time.perf_counter()
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        t2 = time.perf_counter()
        self.adam.step()
        return loss.item(), {"forward": t1 - t0, "backward": t2 - t1, "update": time.perf_counter() - t2}


def dense_gflops():
    """How fast torch's BLAS is, on one of the network's products."""
    a, b = torch.ones(1375, 767), torch.ones(767, 128)
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - begin)
    return 2e-9 * 1375 * 767 * 128 / min(times)


def make_batches(kind, *arguments):
    if kind == "numpy":
        import batches_numpy

        return batches_numpy.Batches(*arguments)
    import batches_pyg

    return batches_pyg.Batches(*arguments, workers=int(kind == "pyg_worker"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph")
    parser.add_argument("exchange")
    parser.add_argument("--batches", choices=("numpy", "pyg", "pyg_worker"), default="numpy")
    parser.add_argument("--split", default="frac602020_s0")
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)

    clusters = Clusters(options.exchange)
    batches = make_batches(options.batches, options.graph, options.split, clusters)
    network, way, epochs = Gcn(clusters.parameters), None, []
    for epoch in range(options.epochs):
        losses, seconds = [], dict.fromkeys(("data", "matrices", "forward", "backward", "update"), 0.0)
        begin = time.perf_counter()
        for graph, x, labels in batches.epoch(epoch):
            arrived = time.perf_counter()
            seconds["data"] += arrived - begin
            matrices = graph.row_loop()
            if way is None:
                way = fastest(matrices[0], width=128)
                arrived = time.perf_counter()
            pair = [operator(way, *matrix) for matrix in matrices]
            seconds["matrices"] += time.perf_counter() - arrived
            loss, phases = network.step(pair, x, labels)
            losses.append(loss)
            for phase, time_s in phases.items():
                seconds[phase] += time_s
            begin = time.perf_counter()
        epochs.append({"loss": float(np.mean(losses)), **seconds, "seconds": sum(seconds.values())})
    print(json.dumps({"product": way, "dense_gflops": dense_gflops(), "epochs": epochs}, indent=2))


if __name__ == "__main__":
    main()
