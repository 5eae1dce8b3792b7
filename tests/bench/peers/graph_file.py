"""What the peers read of laconic's HDF5 graph files, as NumPy arrays and torch tensors. Needs h5py, NumPy and torch."""

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


class Neighbours:
    """The edges of A + I, in order of row and column, and the operators made of them."""

    def __init__(self, rows, columns, nodes):
        self.rows, self.columns, self.nodes = rows, columns, nodes

    @classmethod
    def read(cls, file, position):
        """Of a graph file, node v renamed to position[v]."""
        indptr, indices = file["graph/indptr"][:], file["graph/indices"][:]
        nodes = len(indptr) - 1
        rows = np.concatenate([position[np.repeat(np.arange(nodes), np.diff(indptr))], np.arange(nodes)])
        columns = np.concatenate([position[indices], np.arange(nodes)])
        order = np.lexsort((columns, rows))
        return cls(rows[order], columns[order], nodes)

    def induced(self, chosen):
        """The sub-graph on the nodes where `chosen` is true."""
        position = np.cumsum(chosen) - 1
        kept = chosen[self.rows] & chosen[self.columns]
        return Neighbours(position[self.rows[kept]], position[self.columns[kept]], int(chosen.sum()))

    def row_loop(self):
        """(D+I)^-1 (A+I) and its transpose as float32 torch CSR tensors."""
        degree = np.bincount(self.rows, minlength=self.nodes)
        indptr = torch.from_numpy(np.concatenate([[0], np.cumsum(degree)]))
        indices = torch.from_numpy(self.columns)
        inverse = (1 / degree).astype(np.float32)
        return tuple(
            torch.sparse_csr_tensor(indptr, indices, torch.from_numpy(inverse[ends]), size=(self.nodes,) * 2)
            for ends in (self.rows, self.columns)
        )


class Aggregate(torch.autograd.Function):
    """A @ H with the transpose at hand, so that the gradient is a CSR product too."""

    @staticmethod
    def forward(context, operator, transposed, h):
        context.transposed = transposed
        return operator @ h

    @staticmethod
    def backward(context, gradient):
        return None, None, context.transposed @ gradient.contiguous()
