"""An MLP and a CNN with normalisation in NumPy, written from the papers' formulas alone, with gradients by differences in
double. Compares a run of laconic with it: two steps of plain gradient descent, the running statistics, and evaluation.

norm.py make FOLDER                           writes images in the format of MNIST
norm.py check FOLDER NETWORK NORM RANKS RULE  FOLDER/{0,1,2}.npz: state after so many steps; FOLDER/result.json
norm.py recalibrated FOLDER NETWORK RANKS     the same for train.recalibrate: the statistics of 2.npz
"""
import itertools
import json
import os
import struct
import sys

try:
    import numpy as np
except ImportError:
    print("SKIPPED: no numpy")
    sys.exit(77)

# A large epsilon: with batches of two a small one would multiply the rounding errors of float.
N, VALIDATION, SIZE, CLASSES, GROUPS, MOMENTUM, EPSILON, BAR = 4, 5, 4, 3, 2, 0.1, 0.1, 1e-6


def images():
    rng = np.random.default_rng(7)
    count = N + VALIDATION + 2
    return rng.integers(0, 256, (count, SIZE, SIZE), "u1"), (np.arange(count) % CLASSES).astype("u1")


def make(folder):
    x, y = images()
    for name, part in ("train", slice(0, N + VALIDATION)), ("t10k", slice(N + VALIDATION, None)):
        with open(os.path.join(folder, name + "-images-idx3-ubyte"), "wb") as f:
            f.write(struct.pack(">IIII", 2051, len(x[part]), SIZE, SIZE) + x[part].tobytes())
        with open(os.path.join(folder, name + "-labels-idx1-ubyte"), "wb") as f:
            f.write(struct.pack(">II", 2049, len(y[part])) + y[part].tobytes())


def convolution(x, w):  # x: items, height, width, channels; w: 9 x inputs rows, (ky, kx, channel)
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    patches = [padded[:, i:i + x.shape[1], j:j + x.shape[2]] for i in range(3) for j in range(3)]
    return np.concatenate(patches, 3) @ w


class Network:
    """p: parameters and running statistics by name. seen: the statistics of the last batch, if it trained."""

    def __init__(self, kind, norm):
        self.kind, self.norm, self.seen = kind, norm, {}

    def normalise(self, p, name, x, training):
        channels = x.shape[-1]
        if self.norm == "batch":
            rows = x.reshape(-1, channels)
            mean, variance = p[name + ".running_mean"], p[name + ".running_variance"]
            if training:
                mean, variance = rows.mean(0), rows.var(0)
                self.seen[name + ".running_mean"] = mean
                self.seen[name + ".running_variance"] = rows.var(0, ddof=1)
            z = (x - mean) / np.sqrt(variance + EPSILON)
        else:
            groups = GROUPS if self.norm == "group" else 1
            g = x.reshape(len(x), -1, groups, channels // groups)
            g = (g - g.mean((1, 3), keepdims=True)) / np.sqrt(g.var((1, 3), keepdims=True) + EPSILON)
            z = g.reshape(x.shape)
        return np.maximum(z * p[name + ".gamma"] + p[name + ".beta"], 0)

    def logits(self, p, x, training):
        bias = lambda name: p[name + ".bias"] if name + ".bias" in p else 0
        if self.kind == "mlp":
            z = x.reshape(len(x), -1) @ p["layer1.weight"]
            return self.normalise(p, "layer1.norm", z, training) @ p["layer2.weight"]
        h = x[..., None]
        h = self.normalise(p, "conv1.norm", convolution(h, p["conv1.weight"]) + bias("conv1"), training)
        h = h.reshape(len(x), SIZE // 2, 2, SIZE // 2, 2, -1).max((2, 4)).reshape(len(x), -1)
        h = self.normalise(p, "dense1.norm", h @ p["dense1.weight"] + bias("dense1"), training)
        return h @ p["output.weight"] + p["output.bias"]

    def loss(self, p, x, y, training):
        z = self.logits(p, x, training)
        z = z - z.max(1, keepdims=True)
        return (np.log(np.exp(z).sum(1)) - z[np.arange(len(y)), y]).sum()

    def gradient(self, p, x, y):
        gradient = {}
        for name in p:
            if "running" in name:
                continue
            g = gradient[name] = np.zeros_like(p[name])
            for i in np.ndindex(g.shape):
                both = []
                for h in 1e-6, -1e-6:
                    moved = dict(p)
                    moved[name] = p[name].copy()
                    moved[name][i] += h
                    both.append(self.loss(moved, x, y, True))
                g[i] = (both[0] - both[1]) / 2e-6
        self.loss(p, x, y, True)  # leaves the statistics
        return gradient, dict(self.seen)


def distance(a, b):
    assert a.keys() == b.keys(), (sorted(a), sorted(b))
    return max(np.abs(a[k] - b[k]).max() for k in a)


def deals(ranks):
    """All ways in which the ranks may have got the training images: what each of them has."""
    if ranks == 1:
        return [[list(range(N))]]
    halves = itertools.combinations(range(N), N // 2)
    return [[list(h), [i for i in range(N) if i not in h]] for h in halves]


def load(folder, step):
    with np.load(f"{folder}/{step}.npz") as f:
        return {name: f[name].astype("f8") for name in f.files}


def agreed(statistics, rule):
    """What the ranks' statistics are where all need the same ones."""
    return {k: np.mean([s[k] for s in statistics], 0) if rule == "average" else statistics[0][k]
            for k in statistics[0]}


def check_evaluation(net, p, folder):
    x, y = images()
    part = slice(N, N + VALIDATION)
    loss = net.loss(p, x[part] / 255.0, y[part], False) / VALIDATION
    logged = json.load(open(f"{folder}/result.json"))["metrics"]["last"]["val"]["loss"]
    assert abs(loss - logged) < BAR, f"validation loss {logged}, here {loss}"


def check(folder, kind, norm, ranks, rule):
    net, (x, y) = Network(kind, norm), images()
    x = x / 255.0
    before, per_rank = load(folder, 0), None
    if norm != "batch":
        before = {k: v for k, v in before.items() if "running" not in k}
    for step in 1, 2:
        after, found, known = load(folder, step), [], {}
        for deal in deals(ranks):
            for part in map(tuple, deal):
                if part not in known:
                    known[part] = net.gradient(before, x[list(part)], y[list(part)])
            parts = [known[tuple(part)] for part in deal]
            here = {k: before[k] - sum(g[k] for g, _ in parts) / N for k in parts[0][0]}
            # Before step 1 all ranks have the same statistics; after it each has its own.
            for mine in per_rank or [[{k: before[k] for k in before if "running" in k}] * ranks]:
                moved = [{k: (1 - MOMENTUM) * old[k] + MOMENTUM * new[k] for k in old}
                         for old, (_, new) in zip(mine, parts)]
                found.append((distance(dict(here, **agreed(moved, rule)), after), deal, moved))
        best = min(f[0] for f in found)
        assert best < BAR, f"step {step}: {best}"
        if ranks > 1 and norm == "batch":  # negative control: as if both ranks had one batch
            g, new = net.gradient(before, x, y)
            whole = {k: before[k] - g[k] / N for k in g}
            assert distance(whole, {k: after[k] for k in whole}) > 100 * BAR
        per_rank = [moved for d, _, moved in found if d < BAR]
        before = after
    check_evaluation(net, before, folder)
    wrong = {k: v + (1e-3 if "gamma" in k else 0) for k, v in before.items()}
    try:
        check_evaluation(net, wrong, folder)
    except AssertionError:
        return
    raise AssertionError("a wrong gamma is not noticed")


def recalibrated(folder, kind, ranks):
    net, (x, y), p = Network(kind, "batch"), images(), load(folder, 2)
    x, found = x / 255.0, []
    for deal in deals(ranks):
        seen = []
        for part in deal:
            net.loss(p, x[part], y[part], True)
            seen.append(dict(net.seen))
        exact = agreed(seen, "average")
        found.append(distance(exact, {k: p[k] for k in exact}))
    assert min(found) < BAR, found
    check_evaluation(net, p, folder)


if sys.argv[1] == "make":
    make(sys.argv[2])
elif sys.argv[1] == "check":
    check(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]), sys.argv[6])
else:
    recalibrated(sys.argv[2], sys.argv[3], int(sys.argv[4]))
