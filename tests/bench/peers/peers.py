"""What the comparisons share: run laconic and a peer, read the JSON they print, set figures beside bars."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import environment

here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]


def parse(description, rounds, graph=False):
    """The options that the comparisons share."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    if graph:
        parser.add_argument("graph", nargs="?", default=os.environ.get("LACONIC_DATA", "") + "/graphs/amazon_cs.h5")
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser.parse_args()


def laconic():
    """The executable: $LACONIC, or that of a build in this tree."""
    candidates = [os.environ.get("LACONIC", ""), root / "build/cpu/bin/laconic", root / "build/ci/bin/laconic"]
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            return str(candidate)
    sys.exit("no executable: build first (cmake --preset cpu && cmake --build --preset cpu), or set LACONIC")


def output(*command, threads=1):
    """Runs a command with `threads` OpenMP threads and returns its standard output."""
    settings = dict(os.environ, OMP_NUM_THREADS=str(threads))
    for name in ("", "_CONFIRM"):
        settings["OMPI_ALLOW_RUN_AS_ROOT" + name] = "1"
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # NumPy's BLAS chooses its kernels itself
        settings.pop(name, None)
    return subprocess.run([str(c) for c in command], env=settings, stdout=subprocess.PIPE, check=True).stdout


def bench(*arguments, threads=1):
    """The JSON of `laconic bench`."""
    return json.loads(output(laconic(), "bench", *arguments, threads=threads))


def train(config, *overrides, ranks=1, threads=1):
    """result.json of `laconic train`, and the seconds of all its steps."""
    launcher = ("mpiexec", "-n", ranks) if ranks > 1 else ()
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        output(*launcher, laconic(), "train", config, *overrides, f"run.dir={run}", f"compute.threads={threads}",
               "observe.progress=off", threads=threads)  # fmt: skip
        result = json.loads((run / "result.json").read_text())
    return result, sum(result["time_s"][k] for k in ("data", "forward", "backward", "exchange_exposed", "update"))


def peer(script, *arguments, threads=1):
    """The JSON of a peer of this folder, run by the comparisons' own Python."""
    return json.loads(output(environment.python(), "-W", "ignore", here / script, *arguments, threads=threads))


class Bars:
    """Prints measured figures beside their bars; `missed` tells whether one fell short."""

    missed = False

    def at_least(self, what, value, bar):
        self._print(what, value, f">= {bar}", value >= bar)

    def at_most(self, what, value, bar):
        self._print(what, value, f"<= {bar}", value <= bar)

    def _print(self, what, value, bar, kept):
        self.missed |= not kept
        print(f"{'kept  ' if kept else 'MISSED'}  {what}: {value:.3g} (bar {bar})")
