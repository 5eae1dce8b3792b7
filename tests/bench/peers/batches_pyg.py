"""Cluster-GCN batches from PyG's ClusterLoader.

The clusters are laconic's, since no package that pip installs ready-made brings ClusterData a METIS.
"""

import h5py
import numpy as np
import torch
from graph_file import Neighbours, dense_features, training_labels
from torch_geometric.data import Data
from torch_geometric.loader import ClusterData, ClusterLoader


class GivenClusters(ClusterData):
    """ClusterData with clusters that are known."""

    def __init__(self, data, part_of):
        self.part_of = torch.from_numpy(part_of).long()
        super().__init__(data, num_parts=int(self.part_of.max()) + 1, log=False)

    def _metis(self, edge_index, num_nodes):
        return self.part_of


class InOrder:
    """A batch sampler: the clusters of every batch of the epoch `number`."""

    def __init__(self, clusters):
        self.clusters, self.number = clusters, 0

    def __len__(self):
        return self.clusters.batches(0)[1]

    def __iter__(self):
        batch_of, count = self.clusters.batches(self.number)
        return iter([np.flatnonzero(batch_of == batch).tolist() for batch in range(count)])


class Batches:
    """`workers`: 0, the loader runs in the training process; 1: beside it, and fetches ahead."""

    def __init__(self, path, split, clusters, workers):
        with h5py.File(path) as file:
            indptr, indices = file["graph/indptr"][:], file["graph/indices"][:]
            rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
            edges = torch.from_numpy(np.stack([rows, indices]).astype(np.int64))
            x, labels = (torch.from_numpy(a) for a in (dense_features(file), training_labels(file, split)))
        data = GivenClusters(Data(x=x, edge_index=edges, y=labels), clusters.part_of)
        self.sampler = InOrder(clusters)
        self.loader = ClusterLoader(
            data, batch_sampler=self.sampler, num_workers=workers, persistent_workers=workers > 0
        )

    def epoch(self, number):
        """Yields the graph, features and labels of every batch."""
        self.sampler.number = number
        for batch in self.loader:
            yield Neighbours(*batch.edge_index.numpy(), batch.num_nodes), batch.x, batch.y
