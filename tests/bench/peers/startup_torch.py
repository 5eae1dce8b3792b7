#!/usr/bin/env python3
"""One step of the network of configs/studies/bench/cnn.yaml in PyTorch, from the start of Python to the end."""

import torch
from cnn_torch import Cnn, images, optimizer_of, step

torch.set_num_threads(1)
network = Cnn()
step(network, optimizer_of(network), *images(32))
