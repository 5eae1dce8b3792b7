#!/usr/bin/env python3
"""Repeats the epochs of `laconic bench epoch --exchange-file` in PyTorch: same weights, same batches, same maths.

  epoch_torch.py GRAPH.h5 EXCHANGE.h5 [--split NAME] [--epochs N] [--threads N]

A layer is Z = A (H Wn) + H Ws where it narrows and [A H] Wn + H Ws where it does not (laconic chooses alike),
LayerNorm and ReLU on hidden layers, Adam at 0.01, softmax cross-entropy over the batch's training nodes.
Prints JSON: loss and seconds of every epoch; building the batches (NumPy) is counted apart.
"""

import argparse
import json
import sys
import time

import h5py
import numpy as np
import torch
from graph_file import Aggregate, Neighbours, dense_features


def build_batch(graph, x, labels, chosen):
    """Operators of the induced sub-graph, features and labels (-1: not trained on) of a batch."""
    return *graph.induced(chosen).row_loop(), torch.from_numpy(x[chosen]), torch.from_numpy(labels[chosen])


def network(parameters, layers, batch):
    operator, transposed, h, _ = batch
    for layer in range(1, layers + 1):
        neighbours, own = (parameters[f"layer{layer}.weight_{side}"] for side in ("neighbours", "self"))
        if neighbours.shape[1] < neighbours.shape[0]:
            z = Aggregate.apply(operator, transposed, h @ neighbours) + h @ own
        else:
            z = Aggregate.apply(operator, transposed, h) @ neighbours + h @ own
        if layer == layers:
            return z
        gamma, beta = (parameters[f"layer{layer}.norm.{name}"].ravel() for name in ("gamma", "beta"))
        h = torch.relu(torch.nn.functional.layer_norm(z, z.shape[1:], gamma, beta, 1e-5))


def dense_gflops():
    """What the BLAS behind torch is worth: with Debian's reference BLAS a comparison says nothing."""
    a, b = torch.ones(1375, 767), torch.ones(767, 128)
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - begin)
    rate = 2e-9 * 1375 * 767 * 128 / min(times)
    if rate < 20:
        print(f"torch multiplies at {rate:.1f} GFLOP/s: install libopenblas0-pthread for a fair peer", file=sys.stderr)
    return rate


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("graph")
    parser.add_argument("exchange")
    parser.add_argument("--split", default="frac602020_s0")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    with h5py.File(options.exchange) as file:
        part_of = file["part_of"][:]
        batch_of = file["batch_of_cluster"][:].reshape(-1, part_of.max() + 1)
        parameters = {
            name: torch.from_numpy(data[:]).requires_grad_() for name, data in file["parameters"].items()
        }
    order = np.argsort(part_of, kind="stable")  # nodes of a cluster lie together, as in laconic
    with h5py.File(options.graph) as file:
        graph = Neighbours.read(file, position=np.argsort(order))
        train = file[f"splits/{options.split}/train"][:]
        labels = np.full(len(order), -1, np.int64)
        labels[train] = file["labels/class"][:][train]
        x, labels, part_of = dense_features(file)[order], labels[order], part_of[order]

    layers = sum("weight_self" in name for name in parameters)
    adam = torch.optim.Adam(parameters.values(), lr=0.01, eps=1e-8)
    epochs = []
    for epoch in range(options.epochs):
        batches_of_nodes = batch_of[epoch % len(batch_of)][part_of]
        losses = []
        data_s = forward_s = backward_s = update_s = 0.0
        for group in range(batch_of.max() + 1):
            t0 = time.perf_counter()
            batch = build_batch(graph, x, labels, batches_of_nodes == group)
            t1 = time.perf_counter()
            logits = network(parameters, layers, batch)
            loss = torch.nn.functional.cross_entropy(logits, batch[3], ignore_index=-1)
            t2 = time.perf_counter()
            adam.zero_grad(set_to_none=True)
            loss.backward()
            t3 = time.perf_counter()
            adam.step()
            t4 = time.perf_counter()
            losses.append(loss.item())
            data_s, forward_s = data_s + t1 - t0, forward_s + t2 - t1
            backward_s, update_s = backward_s + t3 - t2, update_s + t4 - t3
        epochs.append(
            {
                "loss": float(np.mean(losses)),
                "data": data_s,
                "forward": forward_s,
                "backward": backward_s,
                "update": update_s,
                "seconds": data_s + forward_s + backward_s + update_s,
            }
        )
    result = {"peer": "torch " + torch.__version__, "threads": options.threads, "dense_gflops": dense_gflops()}
    print(json.dumps(result | {"epochs": epochs}, indent=2))


if __name__ == "__main__":
    main()
