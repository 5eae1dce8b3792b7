#!/usr/bin/env python3
"""How long until the accuracy of dense training, end to end: the CNN on MNIST on hosts behind slow links (root).

    time_to_accuracy.py LACONIC MNIST_FOLDER [--hosts N] [--rate RATE] [--epochs N] [--set KEY=VALUE ...]

Trains the same configuration densely and with Ok-Topk at 1 %, N epochs each, validating after every epoch. Counted from the
first step, evaluations included, by the clock of the TensorBoard files. Exit code 1 where Ok-Topk is less than five times
as fast to the densely trained network's best validation accuracy; 77 where this machine has no such network.
"""
import argparse
import pathlib
import struct
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
CONFIG = here.parents[2] / "configs/studies/oktopk/cnn_mnist.yaml"
BAR = 5


def fields(message):
    """(number, value) of a protobuf message: integers of varints, floats of fixed fields, bytes of the rest."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        number, kind = key >> 3, key & 7
        if kind == 0:
            yield number, varint()
        elif kind == 2:
            length = varint()
            yield number, message[at : at + length]
            at += length
        else:
            size, form = (8, "<d") if kind == 1 else (4, "<f")
            yield number, struct.unpack(form, message[at : at + size])[0]
            at += size


def scalars(run):
    """(clock, tag, value) of a run's TensorBoard files."""
    for path in sorted((run / "tensorboard").glob("events*")):
        data, at = path.read_bytes(), 0
        while at + 12 <= len(data):
            (length,) = struct.unpack("<Q", data[at : at + 8])
            event = dict(fields(data[at + 12 : at + 12 + length]))
            at += 16 + length
            if 5 not in event:
                continue
            for number, value in fields(event[5]):
                if number == 1:
                    scalar = dict(fields(value))
                    yield event[1], scalar[1].decode(), scalar.get(2, 0.0)


def train(options, folder, allreduce):
    """[(seconds since the first step, validation accuracy)] of every evaluation."""
    run = folder / allreduce
    command = [here / "run.sh", "--hosts", options.hosts, "--rate", options.rate, "--", options.laconic.resolve(), "train", CONFIG,
               f"run.dir={run}", f"data.source.idx.folder={options.mnist.resolve()}", f"train.epochs={options.epochs}",
               f"comm.allreduce={allreduce}", "comm.density=0.01", "comm.auto_dense=false", "compute.threads=1",
               "checkpoint.every_epochs=0", "observe.progress=off", *options.set]  # fmt: skip
    code = subprocess.run([str(c) for c in command], stdout=subprocess.DEVNULL).returncode
    if code != 0:
        sys.exit(code)
    found = list(scalars(run))
    begin = min(clock for clock, tag, _ in found if tag == "train/loss")
    return [(clock - begin, value) for clock, tag, value in found if tag == "val/accuracy"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("laconic", type=pathlib.Path)
    parser.add_argument("mnist", type=pathlib.Path)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--rate", default="100mbit")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        curves = {name: train(options, pathlib.Path(folder), name) for name in ("oktopk", "dense")}
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
