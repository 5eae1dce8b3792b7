"""Writes graphs as other programs do, of data that may lie beside the tree, and compares what laconic made of them.

own_data.py make FOLDER GRAPH.h5 SPLIT   writes FOLDER/{pyg.npz,benchmark.npz,ogb/,edges.txt,recipe.h5} from a graph file of laconic
own_data.py same A.h5 B.h5               ends with an error if the two graph files differ in their content
own_data.py weights RUN.npz RUN.safetensors   reads both and compares them
"""
import gzip
import json
import os
import pathlib
import re
import struct
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    print("SKIPPED: no h5py and numpy")
    sys.exit(77)


def dense(f, group, rows, cols):
    if "dense" in f[group]:
        return f[group]["dense"][:]
    indptr, indices = f[group]["indptr"][:], f[group]["indices"][:]
    values = f[group]["values"][:] if "values" in f[group] else 1
    x = np.zeros((rows, cols), "f4")
    x[np.repeat(np.arange(rows), np.diff(indptr)), indices] = values
    return x


def make(folder, graph, split):
    os.makedirs(folder, exist_ok=True)
    f = h5py.File(graph)
    indptr, dst = f["graph/indptr"][:], f["graph/indices"][:].astype("i8")
    n = len(indptr) - 1
    src = np.repeat(np.arange(n), np.diff(indptr))
    X, y = dense(f, "features", n, int(f.attrs["num_features"])), f["labels/class"][:]
    ids = {k: f[f"splits/{split}/{k}"][:] for k in ("train", "val", "test")}
    mask = {f"{k}_mask": np.isin(np.arange(n), v) for k, v in ids.items()}
    np.savez(f"{folder}/pyg.npz", edge_index=np.stack([src, dst]), x=X, y=y.astype("i8"), **mask)
    up = src < dst  # gnn-benchmark: one direction, sparse parts, names as objects
    row, col = np.nonzero(X)
    pointers = lambda rows: np.r_[0, np.bincount(rows, minlength=n).cumsum()].astype("i4")
    np.savez_compressed(f"{folder}/benchmark.npz", adj_data=np.ones(up.sum(), "f4"), adj_indices=dst[up].astype("i4"),
                        adj_indptr=pointers(src[up]), adj_shape=np.array([n, n]), attr_data=X[row, col],
                        attr_indices=col.astype("i4"), attr_indptr=pointers(row), attr_shape=np.array(X.shape),
                        labels=y, attr_names=np.array(["a", "b"], dtype=object),
                        **{f"idx_{k}": v for k, v in ids.items()})

    def table(name, values):
        path = pathlib.Path(folder, "ogb", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", compresslevel=1) as g:
            for line in values:
                g.write(",".join(f"{v:g}" if isinstance(v, float) else str(v) for v in line) + "\n")
    table("raw/edge.csv.gz", np.c_[src[up], dst[up]].tolist())
    table("raw/node-feat.csv.gz", X.tolist())
    table("raw/node-label.csv.gz", y[:, None].tolist())
    table("raw/num-node-list.csv.gz", [[n]])
    for name, part in (("train", "train"), ("valid", "val"), ("test", "test")):
        table(f"split/default/{name}.csv.gz", ids[part][:, None].tolist())
    docs = pathlib.Path(__file__).parents[2] / "docs/formats.md"  # its recipe, as it stands there
    recipe = re.search(r"```python\n(import h5py, numpy.*?)```", docs.read_text(), re.S).group(1)
    exec(recipe.replace('"graph.h5"', repr(f"{folder}/recipe.h5")),
         {"src": src[up], "dst": dst[up], "X": X, "y": y, **ids})


def same(a, b):
    a, b = h5py.File(a), h5py.File(b)
    n = len(a["graph/indptr"]) - 1
    for name in ("graph/indptr", "graph/indices", "labels/class"):
        assert np.array_equal(a[name][:], b[name][:]), name
    cols = int(a.attrs["num_features"])
    assert np.array_equal(dense(a, "features", n, cols), dense(b, "features", n, cols)), "features"
    split = list(b["splits"])[0]
    mine = split if split in a["splits"] else list(a["splits"])[0]
    if len(sys.argv) > 4:
        mine = sys.argv[4]
    for part in ("train", "val", "test"):
        assert np.array_equal(np.sort(a[f"splits/{mine}/{part}"][:]), np.sort(b[f"splits/{split}/{part}"][:])), part


def weights(npz, safetensors):
    arrays = np.load(npz)
    raw = open(safetensors, "rb").read()
    length, = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8:8 + length])
    header.pop("__metadata__")
    assert set(header) == set(arrays.files) and len(header) > 2
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensor = np.frombuffer(raw[8 + length + begin:8 + length + end], "<f4").reshape(entry["shape"])
        assert entry["dtype"] == "F32" and np.array_equal(tensor, arrays[name]), name
    flat = np.concatenate([arrays[name].ravel() for name in arrays.files])
    saved = h5py.File(sorted(pathlib.Path(sys.argv[4]).glob("checkpoints/step-*/rank0.h5"))[-1])
    assert np.array_equal(np.sort(flat), np.sort(saved["best/parameters"][:])), "the parameters"


{"make": make, "same": same, "weights": weights}[sys.argv[1]](*sys.argv[2:4 if sys.argv[1] != "make" else 5])
