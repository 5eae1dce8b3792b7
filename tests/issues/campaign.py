"""What the studies of faults share: the environment of a run, and starting laconic with a time limit."""
import os, subprocess

environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMP_NUM_THREADS": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_odls_base_sigkill_timeout": "1"}


def start(executable, words, folder, ranks=1, more=None, seconds=30):
    """Runs laconic in `folder` on some ranks. Returns its exit code, or "hang", and what it printed to stderr."""
    launch = [] if ranks == 1 else ["mpirun", "-n", str(ranks)]
    try:
        done = subprocess.run(launch + [executable] + words, env={**environment, **(more or {})}, cwd=folder,
                              capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return "hang", ""
    return done.returncode, done.stderr.decode(errors="replace")


def fingerprint(executable, folder, run):
    return subprocess.run([executable, "inspect", "--fingerprint", run], cwd=folder, capture_output=True).stdout
