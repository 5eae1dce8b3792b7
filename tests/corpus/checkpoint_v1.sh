#!/usr/bin/env bash
# checkpoint_v1.sh DIRECTORY [NAME]
# Makes DIRECTORY, the run folder whose files are in corpus/NAME (checkpoint_v1, a graph, or checkpoint_v1_cnn, images). The
# tensors are stored as text, which no tool on the way of a source tree changes.
set -euo pipefail
stored=$(cd "$(dirname "${BASH_SOURCE[0]}")/${2:-checkpoint_v1}" && pwd)
mkdir "$1"
cd "$1"
cp "$stored"/{config.yaml,metrics.jsonl} .
mkdir -p checkpoints/step-11
echo step-11 >checkpoints/LATEST
cp "$stored/manifest.json" checkpoints/step-11/
base64 -d "$stored/rank0.h5.gz.base64" | gunzip >checkpoints/step-11/rank0.h5
