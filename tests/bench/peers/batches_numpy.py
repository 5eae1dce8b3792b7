"""Cluster-GCN batches that are built with NumPy, in the training process."""

import h5py
import numpy as np
import torch
from graph_file import Neighbours, dense_features, training_labels


class Batches:
    def __init__(self, path, split, clusters):
        self.clusters = clusters
        with h5py.File(path) as file:
            self.graph = Neighbours.read(file, position=np.argsort(clusters.order))
            self.x = dense_features(file)[clusters.order]
            self.labels = training_labels(file, split)[clusters.order]

    def epoch(self, number):
        """Yields the graph, features and labels of every batch."""
        batch_of, count = self.clusters.batches(number)
        batch_of_node = batch_of[self.clusters.part_of[self.clusters.order]]
        for batch in range(count):
            chosen = batch_of_node == batch
            yield self.graph.induced(chosen), torch.from_numpy(self.x[chosen]), torch.from_numpy(self.labels[chosen])
