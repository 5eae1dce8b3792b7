#!/usr/bin/env python3
"""Fails each file system call of a run, a resume and a sweep once with EIO, and draws more places with the errors that man pages,
NFS and Lustre add. Whatever fails, laconic ends with a documented code or goes on; nothing hangs; and starting again without the
fault gives the bits of a run without one.

  file_fault_study.py EXECUTABLE SOURCE FILE_FAULTS_LIBRARY [--draws 2000] [--seed 1] [--every 1] [--only NAME]
"""
import argparse, collections, errno, os, random, shutil, tempfile

import campaign

parser = argparse.ArgumentParser()
parser.add_argument("executable")
parser.add_argument("source")
parser.add_argument("library")
parser.add_argument("--draws", type=int, default=2000)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--every", type=int, default=1, help="of the places with EIO take every n-th")
parser.add_argument("--only", help="run, resume, sweep or '2 ranks'")
parser.add_argument("--seconds", type=int, default=30, help="what takes longer hangs; more for a busy machine")
arguments = parser.parse_args()
draw = random.Random(arguments.seed)
work = tempfile.mkdtemp()
e = errno
errors = {
    "open_read": [e.EIO, e.ESTALE, e.EINTR, e.EMFILE, e.ENFILE, e.EACCES, e.ETIMEDOUT],
    "open_write": [e.EIO, e.ESTALE, e.EINTR, e.ENOSPC, e.EDQUOT, e.EROFS, e.EACCES],
    "read": [e.EIO, e.ESTALE, e.EINTR, e.ETIMEDOUT],
    "write": [e.EIO, e.ESTALE, e.EINTR, e.ENOSPC, e.EDQUOT, e.EFBIG],
    "fsync": [e.EIO, e.ESTALE, e.EINTR, e.ENOSPC, e.EDQUOT, e.EINVAL, e.ENOTSUP],
    "rename": [e.EIO, e.ESTALE, e.EBUSY, e.ENOSPC, e.EACCES, e.ENOTEMPTY, e.EXDEV],
    "unlink": [e.EIO, e.ESTALE, e.EBUSY, e.EACCES, e.ENOTEMPTY],
    "mkdir": [e.EIO, e.ESTALE, e.ENOSPC, e.EDQUOT, e.EACCES],
    "flock": [e.EIO, e.ENOTSUP, 524, e.ENOLCK, e.EINTR],
    "futimens": [e.EIO, e.ESTALE, e.EINTR, e.EPERM, e.ENOTSUP],
    "stat": [e.EIO, e.ESTALE, e.EACCES, e.ETIMEDOUT],
    "truncate": [e.EIO, e.ESTALE, e.EINTR, e.ENOSPC],
}
documented = {0, 65, 66, 69, 73, 74, 75}
table = collections.defaultdict(collections.Counter)
bad = []


def laconic(words, ranks=1, fault=None, log=None):
    more = {"LD_PRELOAD": arguments.library, "LACONIC_FILE_FAULTS": fault} if fault else {}
    if log:
        more["LACONIC_FILE_FAULTS_LOG"] = log
    return campaign.start(arguments.executable, words, work, ranks, more, arguments.seconds)


def ended_badly(what):
    bad.append(what)
    print(what, flush=True)


tiny = f"{arguments.source}/tests/issues/tiny.yaml"


class Run:
    """Starts from nothing, or from a checkpoint where `resumes`."""

    def __init__(self, name, ranks, resumes):
        self.name, self.ranks, self.resumes, self.folder = name, ranks, resumes, "run"
        self.words = ["train", tiny, "run.if_exists=resume", "run.dir=run", "checkpoint.every_steps=3"]
        self.prepare()
        assert self.go()[0] == 0
        self.print = self.fingerprint()

    def prepare(self):
        shutil.rmtree(f"{work}/run", ignore_errors=True)
        if self.resumes:
            laconic(self.words + [f"run.max_steps={8 // self.ranks}"], self.ranks)  # half of them

    def go(self, fault=None, log=None):
        return laconic(self.words + ["run.max_steps=0"], self.ranks, fault, log)

    def fingerprint(self):
        return campaign.fingerprint(arguments.executable, work, "run")

    def again(self):
        return self.go()


class Sweep(Run):
    def prepare(self):
        shutil.rmtree(f"{work}/run", ignore_errors=True)
        with open(f"{work}/sweep.yaml", "w") as file:
            file.write(f"name: s\nbase: {tiny}\nfolder: run\ngrid: {{seed: [1, 2]}}\n")

    def go(self, fault=None, log=None):
        return laconic(["sweep", "run", "sweep.yaml"], 1, fault, log)

    def again(self):
        return laconic(["sweep", "run", "--retry", "sweep.yaml"])

    def fingerprint(self):
        return b"".join(campaign.fingerprint(arguments.executable, work, f"run/trials/{i}") for i in (0, 1))


def count(subject, call):
    log = f"{work}/log"
    if os.path.exists(log):
        os.remove(log)
    subject.prepare()
    subject.go(f"{work}/run {call} 5 0 0" + (" 0" if subject.ranks > 1 else ""), log)
    return sum(1 for _ in open(log)) if os.path.exists(log) else 0


def attempt(subject, call, error, place, times=1):
    subject.prepare()
    code, text = subject.go(f"{work}/run {call} {error} {place} {times}" + (" 0" if subject.ranks > 1 else ""))
    what = f"{subject.name}: {call} {place} x {times}, {errno.errorcode.get(error, error)}"
    sweep_code = isinstance(subject, Sweep) and code == 1
    if code not in documented and not sweep_code:
        ended_badly(f"{what}: code {code}: {text[-300:]}")
    again, text = subject.again()
    if again != 0:
        ended_badly(f"{what}: code {code}, then started again: code {again}: {text[-300:]}")
    elif subject.fingerprint() != subject.print:
        ended_badly(f"{what}: code {code}, then other bits")
    table[subject.name, call]["went on" if code == 0 else f"code {code}"] += 1


subjects = [Run("run", 1, False), Run("resume", 1, True), Sweep("sweep", 1, False), Run("2 ranks", 2, True)]
subjects = [subject for subject in subjects if arguments.only in (None, subject.name)]
for subject in subjects:
    subject.prepare(), subject.go()
    subject.print = subject.fingerprint()
    subject.counts = {call: count(subject, call) for call in errors}
    for call, places in subject.counts.items():
        step = arguments.every if subject.ranks == 1 else max(arguments.every, 5)
        for place in range(1, places + 1, step):
            attempt(subject, call, e.EIO, place)
    print(subject.name, subject.counts, f"{len(bad)} bad so far", flush=True)
for _ in range(arguments.draws):
    subject = draw.choices(subjects, [5 if subject.ranks == 1 and subject.name != "sweep" else 1 for subject in subjects])[0]
    call = draw.choice([c for c in errors if subject.counts[c]])
    attempt(subject, call, draw.choice(errors[call]), draw.randint(1, subject.counts[call]), draw.choice([1, 1, 3, 0]))
for (name, call), outcomes in sorted(table.items()):
    print(f"{name:8} {call:10} " + ", ".join(f"{what}: {times}" for what, times in sorted(outcomes.items())))
print(f"{len(bad)} of {sum(sum(o.values()) for o in table.values())} ended badly; {work}")
