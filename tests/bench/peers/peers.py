"""What the comparisons share: run laconic and a peer, read the JSON they print, set figures beside bars."""

import json
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
root = here.parents[2]


def laconic():
    """The executable: $LACONIC, or that of a build in this tree."""
    candidates = [os.environ.get("LACONIC", ""), root / "build/cpu/bin/laconic", root / "build/ci/bin/laconic"]
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            return str(candidate)
    sys.exit("no executable: build first (cmake --preset cpu && cmake --build --preset cpu), or set LACONIC")


def run(*command, threads=1):
    """Runs a command with `threads` OpenMP threads and returns the JSON of its standard output."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    for name in ("", "_CONFIRM"):
        environment["OMPI_ALLOW_RUN_AS_ROOT" + name] = "1"
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # the peer's BLAS chooses its kernels itself
        environment.pop(name, None)
    result = subprocess.run([str(c) for c in command], env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(result.stdout)


def peer(script, *arguments, threads=1):
    """Runs a peer of this folder with Debian's python3, which is the one that has torch."""
    return run("/usr/bin/python3", "-W", "ignore", here / script, *arguments, threads=threads)


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
