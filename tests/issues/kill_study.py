#!/usr/bin/env python3
"""Kills runs at random places, resumes included, under random options: every one must end with the bits of a run that
nobody killed. With --drop, a kill also takes what was written and not synced.

  kill_study.py EXECUTABLE SOURCE FILE_FAULTS_LIBRARY [--kills 100] [--seed 1] [--drop]
"""
import argparse, os, random, re, shutil, subprocess, sys, tempfile

parser = argparse.ArgumentParser()
parser.add_argument("executable")
parser.add_argument("source")
parser.add_argument("library")
parser.add_argument("--kills", type=int, default=100)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--drop", action="store_true")
arguments = parser.parse_args()
draw = random.Random(arguments.seed)
work = tempfile.mkdtemp()
environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMP_NUM_THREADS": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_odls_base_sigkill_timeout": "1"}


def laconic(ranks, words, fault=None):
    env = dict(environment)
    if fault:
        env["LACONIC_FAULT"] = fault
        if arguments.drop:
            env |= {"LD_PRELOAD": arguments.library, "LACONIC_FILE_FAULTS_DROP": work}
    launch = [] if ranks == 1 else ["mpirun", "-n", str(ranks)]
    done = subprocess.run(launch + [arguments.executable] + words, env=env, cwd=work, capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def options():
    sparse = ["comm.density=0.05", "comm.auto_dense=false"]
    exchange = draw.choice([[], ["comm.allreduce=oktopk"] + sparse, ["comm.allreduce=topka"] + sparse,
                            ["comm.allreduce=oktopk", "comm.mode=paper"] + sparse])
    return exchange + [
        "train.epochs=%d" % draw.randint(2, 5), "train.evaluate_every=%d" % draw.choice([0, 1, 2, 3]),
        "train.accumulate=%d" % draw.randint(1, 3), "checkpoint.keep=%d" % draw.randint(1, 3),
        "checkpoint.every_steps=%d" % draw.choice([0, 1, 2, 3, 5]), "checkpoint.every_epochs=%d" % draw.randint(0, 2),
        "optimizer.kind=%s" % draw.choice(["adam", "sgd"]), "model.dropout=%s" % draw.choice([0, 0.3]),
        "comm.overlap=%s" % draw.choice(["true", "false"]), "seed=%d" % draw.randint(1, 9)]


def same(whole, run):
    prints = [laconic(1, ["inspect", "--fingerprint", folder])[1] for folder in (whole, run)]
    texts = [open(f"{work}/{folder}/metrics.jsonl").read() for folder in (whole, run)]
    return prints[0] == prints[1] and len(prints[0]) > 32, texts[0] == texts[1]


kills = runs = during_resume = 0
while kills < arguments.kills:
    runs += 1
    ranks, chosen = draw.choice([1, 1, 2]), options()
    for folder in ("whole", "run"):
        shutil.rmtree(f"{work}/{folder}", ignore_errors=True)
    train = ["train", f"{arguments.source}/tests/issues/tiny.yaml", "run.if_exists=resume"] + chosen
    code, _, error = laconic(ranks, train + ["run.dir=whole"])
    assert code == 0, error
    starts = 0
    while True:
        place = f"*:{int(10 ** draw.uniform(0, 2.4))}"
        code, _, error = laconic(ranks, train + ["run.dir=run"], place)
        starts += 1
        if code == 0 or starts > 12:
            break
        if not re.search("checkpoint|resume|partition|step|no life", error) and ranks == 1 and code != -9:
            sys.exit(f"{place} {chosen}: code {code}: {error}")
        kills += 1
        during_resume += starts > 1
    code, _, error = laconic(ranks, train + ["run.dir=run"])
    bits, metrics = same("whole", "run")
    if code != 0 or not bits or not metrics:
        sys.exit(f"FAILED after {starts} starts, {ranks} ranks, last {place}: code {code}, bits {bits}, metrics {metrics}: {chosen}\n"
                 f"{error}\nleft in {work}")
print(f"{kills} kills, {during_resume} of them during a resume, in {runs} runs: all with the same bits and metrics")
shutil.rmtree(work)
