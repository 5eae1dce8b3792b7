"""What the peers read of laconic's HDF5 graph files, as NumPy arrays and matrices in CSR. Needs h5py, NumPy and torch."""

import h5py
import numpy as np
import torch


def dense_features(file):
    """Node features as a float32 array, N x F."""
    if "features/dense" in file:
        return file["features/dense"][:]
    group = file["features"]
    indptr, indices = group["indptr"][:], group["indices"][:]
    x = np.zeros((len(indptr) - 1, int(file.attrs["num_features"])), np.float32)
    rows = np.repeat(np.arange(len(x)), np.diff(indptr))
    x[rows, indices] = group["values"][:] if "values" in group else 1
    return x


class Clusters:
    """The exchange file of `laconic bench epoch`: weights at the start, clusters, and the batches of every epoch."""

    def __init__(self, path):
        with h5py.File(path) as file:
            self.part_of = file["part_of"][:]  # by the data set's ids
            self.batch_of = file["batch_of_cluster"][:].reshape(-1, self.part_of.max() + 1)
            self.parameters = {name: torch.from_numpy(data[:]) for name, data in file["parameters"].items()}
        self.order = np.argsort(self.part_of, kind="stable")  # nodes of a cluster lie together, as in laconic

    def batches(self, epoch):
        """The batch of each cluster in an epoch, and the number of batches."""
        return self.batch_of[epoch % len(self.batch_of)], int(self.batch_of.max()) + 1


def training_labels(file, split):
    """Classes, -1 where a node is not trained on."""
    train = file[f"splits/{split}/train"][:]
    labels = np.full(len(file["graph/indptr"]) - 1, -1, np.int64)
    labels[train] = file["labels/class"][:][train]
    return labels


class Neighbours:
    """The edges of A, in order of row and column and without loops, and the matrices made of them."""

    def __init__(self, rows, columns, nodes):
        self.rows, self.columns, self.nodes = rows, columns, nodes

    @classmethod
    def read(cls, file, position):
        """Of a graph file, node v renamed to position[v]."""
        indptr, indices = file["graph/indptr"][:], file["graph/indices"][:]
        nodes = len(indptr) - 1
        rows, columns = position[np.repeat(np.arange(nodes), np.diff(indptr))], position[indices]
        order = np.lexsort((columns, rows))
        return cls(rows[order], columns[order], nodes)

    def induced(self, chosen):
        """The sub-graph on the nodes where `chosen` is true."""
        position = np.cumsum(chosen) - 1
        kept = chosen[self.rows] & chosen[self.columns]
        return Neighbours(position[self.rows[kept]], position[self.columns[kept]], int(chosen.sum()))

    def row_loop(self):
        """(D+I)^-1 (A+I) and its transpose, each as (indptr, indices, float32 values, size) of CSR."""
        behind = self.columns > self.rows  # of the diagonal
        degree = 1 + np.bincount(self.rows, minlength=self.nodes)
        indptr = np.concatenate([[0], np.cumsum(degree)])
        indices = np.empty(len(self.rows) + self.nodes, np.int64)
        indices[np.arange(len(self.rows)) + self.rows + behind] = self.columns
        indices[indptr[:-1] + np.bincount(self.rows[~behind], minlength=self.nodes)] = np.arange(self.nodes)
        inverse = (1 / degree).astype(np.float32)
        return tuple(
            (torch.from_numpy(indptr), torch.from_numpy(indices), torch.from_numpy(values), (self.nodes,) * 2)
            for values in (np.repeat(inverse, degree), inverse[indices])
        )
