#!/usr/bin/env python3
"""How long until the accuracy of dense training, end to end: the CNN on MNIST on hosts behind slow links (root).

    time_to_accuracy.py LACONIC MNIST_FOLDER [--hosts N] [--rate RATE] [--epochs N]
                        [--sparse-epochs N] [--set KEY=VALUE ...]

Trains the same configuration densely and with Ok-Topk at 1 %, which gets more epochs since they are shorter, validating after
every epoch. Counted from the
first step, evaluations included, by the clock of the TensorBoard files. Exit code 1 where Ok-Topk is less than five times
as fast to the densely trained network's best validation accuracy; 77 where this machine has no such network.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[1]))
from event_file import scalars  # noqa: E402

CONFIG = here.parents[2] / "configs/studies/oktopk/cnn_mnist.yaml"
BAR = 5


def train(options, folder, allreduce, epochs):
    """[(seconds since the first step, validation accuracy)] of every evaluation."""
    run = folder / allreduce
    command = [here / "run.sh", "--hosts", options.hosts, "--rate", options.rate, "--", options.laconic.resolve(), "train", CONFIG,
               f"run.dir={run}", f"data.source.idx.folder={options.mnist.resolve()}", f"train.epochs={epochs}",
               f"comm.allreduce={allreduce}", "comm.density=0.01", "comm.auto_dense=false", "compute.threads=1",
               "observe.progress=off", *options.set]  # fmt: skip
    code = subprocess.run([str(c) for c in command], stdout=subprocess.DEVNULL).returncode
    if code != 0:
        sys.exit(code)
    found = scalars(run)
    begin = min(clock for clock, _ in found["train/loss"].values())
    return [(clock - begin, accuracy) for _, (clock, accuracy) in sorted(found["val/accuracy"].items())]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("laconic", type=pathlib.Path)
    parser.add_argument("mnist", type=pathlib.Path)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--rate", default="100mbit")
    parser.add_argument("--epochs", type=int, default=2, help="of dense")
    parser.add_argument("--sparse-epochs", type=int, default=4, help="more of them, since they are shorter")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        curves = {name: train(options, pathlib.Path(folder), name, epochs)
                  for name, epochs in (("oktopk", options.sparse_epochs), ("dense", options.epochs))}  # fmt: skip
    for name, curve in curves.items():
        print(name + ":", ", ".join(f"{accuracy:.4f} after {seconds:.1f} s" for seconds, accuracy in curve))
    target = max(accuracy for _, accuracy in curves["dense"])

    def sooner(name):
        return min((seconds for seconds, accuracy in curves[name] if accuracy >= target), default=float("inf"))

    ratio = sooner("dense") / sooner("oktopk")
    print(f"{'kept' if ratio >= BAR else 'MISSED'}  dense / oktopk, seconds to {target:.4f}: {ratio:.2f} (bar >= {BAR})")
    return 0 if ratio >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
