#!/usr/bin/env python3
"""Fails allocations of laconic's own code, once and for good, at places drawn by seed. Whatever fails, laconic goes on or ends with
69 and a sentence; nothing aborts or hangs; and starting again gives the bits of a run without a fault.

  allocation_study.py EXECUTABLE SOURCE ALLOCATION_FAULTS_LIBRARY [--draws 1000] [--seed 1]
"""
import argparse, collections, random, shutil, tempfile

import campaign

parser = argparse.ArgumentParser()
parser.add_argument("executable")
parser.add_argument("source")
parser.add_argument("library")
parser.add_argument("--draws", type=int, default=1000)
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()
draw = random.Random(arguments.seed)
work = tempfile.mkdtemp()
sparse = ["comm.allreduce=oktopk", "comm.density=0.05", "comm.auto_dense=false"]
words = ["train", f"{arguments.source}/tests/issues/tiny.yaml", "run.if_exists=resume", "run.dir=run"]


def laconic(words, ranks=1, fault=None, log=None):
    more = {"LD_PRELOAD": arguments.library, "LACONIC_ALLOCATION_FAULTS": fault} if fault else {}
    if log:
        more["LACONIC_ALLOCATION_FAULTS_LOG"] = log
    return campaign.start(arguments.executable, words, work, ranks, more)


def fingerprint():
    return campaign.fingerprint(arguments.executable, work, "run")


def fresh():
    shutil.rmtree(f"{work}/run", ignore_errors=True)


subjects = []
for ranks, extra in ((1, []), (1, sparse), (2, []), (2, sparse)):
    fresh()
    log = f"{work}/log"
    code, text = laconic(words + extra, ranks, "0 0" + (" 1" if ranks > 1 else ""), log)
    assert code == 0, text
    subjects.append((ranks, extra, int(open(log).read()), fingerprint()))
print([(ranks, places) for ranks, _, places, _ in subjects], flush=True)
outcomes, bad = collections.Counter(), []
for _ in range(arguments.draws):
    ranks, extra, places, whole = draw.choices(subjects, [5, 3, 1, 1])[0]
    # As many draws among the first as among the last of them: most lie in the steps.
    place, count = int(places ** draw.random()) if draw.random() < 0.3 else draw.randint(1, places), draw.choice([1, 1, 0])
    fresh()
    code, text = laconic(words + extra, ranks, f"{place} {count}" + (" 1" if ranks > 1 else ""))
    what = f"{ranks} ranks, {'sparse' if extra else 'dense'}, allocation {place}{'' if count else ' and all after it'}"
    outcomes[code] += 1
    if code not in (0, 69):
        bad.append(f"{what}: code {code}: {text[-400:]}")
        continue
    again, text = laconic(words + extra, ranks)
    if again != 0 or fingerprint() != whole:
        bad.append(f"{what}: code {code}, again {again}, or other bits: {text[-400:]}")
print("\n".join(bad))
print(f"codes {dict(outcomes)}; {len(bad)} of {arguments.draws} ended badly")
shutil.rmtree(work)
