"""A virtual environment of the comparisons' own, with the PyTorch and PyG that pip installs today.

It lies in ${XDG_CACHE_HOME:-~/.cache}/laconic/peers and is made at the first call, which takes minutes. It needs about 6 GB,
since pip's PyTorch for x86 brings CUDA's libraries, which are not used. Delete the folder to get newer versions.
Where it cannot be made, the program ends with exit code 77 and the reason.
"""

import os
import pathlib
import subprocess
import sys

PACKAGES = ("torch", "torch_geometric", "h5py")
VERSIONS = f"from importlib.metadata import version; print(*(p + ' ' + version(p) for p in {PACKAGES}), sep=', ')"


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(77)


def python():
    """The interpreter of the environment, which is made where it is missing."""
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(cache) / "laconic/peers"
    interpreter, versions = folder / "bin/python", folder / "versions.txt"
    if not versions.exists():  # written last: an environment without it is not complete
        print(f"installing {', '.join(PACKAGES)} in {folder}, once", file=sys.stderr)
        _run("no virtual environment (Debian: python3-venv)", sys.executable, "-m", "venv", "--clear", folder)
        install = (interpreter, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check")
        _run("pip cannot install them", *install, *PACKAGES)
        versions.write_text(_run("they cannot be found after the installation", interpreter, "-c", VERSIONS))
    return interpreter


def versions():
    """Names and versions of the packages, in one line."""
    return (python().parents[1] / "versions.txt").read_text().strip()


def _run(what_fails, *command):
    try:
        result = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    except OSError as error:
        skip(f"{what_fails}: {error}")
    if result.returncode != 0:
        lines = (result.stderr or result.stdout).strip().splitlines()
        errors = [line for line in lines if line.startswith("ERROR")]
        skip(f"{what_fails}: {(errors or lines or ['no message'])[-1]}")
    return result.stdout
