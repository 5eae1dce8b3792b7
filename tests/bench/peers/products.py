"""PyTorch's products of a sparse matrix (CSR) and a dense one, and its fastest for a given matrix."""

import statistics
import time

import torch


def _int32(indptr, indices):
    return indptr.int(), indices.int()


def _int64(indptr, indices):
    return indptr.long(), indices.long()


# Name: the indices, and the call. MKL, behind A @ X, takes int32; int64 is PyTorch's own default.
WAYS = {
    "A @ X, int32": (_int32, lambda a, x: a @ x),
    "A @ X, int64": (_int64, lambda a, x: a @ x),
    'mm "sum"': (_int64, lambda a, x: torch.sparse.mm(a, x, "sum")),
}


def operator(way, indptr, indices, values, size):
    """The function X -> A X of the CSR matrix A, in the given way."""
    convert, multiply = WAYS[way]
    matrix = torch.sparse_csr_tensor(*convert(indptr, indices), values, size=size)
    return lambda x: multiply(matrix, x)


def milliseconds(multiply, x, repeats):
    samples = []
    for _ in range(repeats + 2):
        begin = time.perf_counter()
        multiply(x)
        samples.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(samples[2:])  # the first two warm up


def fastest(csr, width, repeats=9):
    """The name of the way that multiplies the matrix (indptr, indices, values, size) fastest by `width` columns."""
    x = torch.rand(csr[3][1], width)
    return min(WAYS, key=lambda way: milliseconds(operator(way, *csr), x, repeats))


class Multiply(torch.autograd.Function):
    """A H with the transpose at hand, so that the gradient is the same kind of product."""

    @staticmethod
    def forward(context, multiply, multiply_transposed, h):
        context.transposed = multiply_transposed
        return multiply(h)

    @staticmethod
    def backward(context, gradient):
        return None, None, context.transposed(gradient.contiguous())
