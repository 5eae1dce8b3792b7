#!/usr/bin/env python3
"""Sets the ratios that allreduce.sh measured beside the bars they must clear; exit code 1 where one is missed.

    bars.py FOLDER
"""
import json
import pathlib
import sys

RATES = ("100mbit", "1gbit")
# rate: oktopk over the fastest dense, collective alone and whole step.
DENSE = {"100mbit": (20, 13), "1gbit": (12, 5)}
# Other sparse methods, collective alone at 100 Mbit/s.
SPARSE = {"topka": 2.5, "gtopk": 2, "gaussiank": 2}
SKEW = 1.3


def figures(path):
    """data -> algorithm -> result of one JSON file."""
    return {run["data"]: {r["name"]: r for r in run["results"]} for run in json.loads(path.read_text())}


def bars(folder):
    """(what, measured, bar, cleared) of everything that was measured."""
    for rate in RATES:
        by_name = figures(folder / f"{rate}.json")["uniform"]
        ours = by_name["oktopk"]
        for key, bar in zip(("collective", "step"), DENSE[rate]):
            dense = min(r[f"{key}_s"] for r in by_name.values() if not r["sparse"])
            ratio = dense / ours[f"{key}_s"]
            yield f"{rate}: {key}, fastest dense / oktopk", ratio, f">= {bar}", ratio >= bar
        if rate == "100mbit":
            for name, bar in SPARSE.items():
                ratio = by_name[name]["collective_s"] / ours["collective_s"]
                yield f"{rate}: collective, {name} / oktopk", ratio, f">= {bar}", ratio >= bar
        skewed = figures(folder / f"{rate}.skew.json")
        for data in ("rank_disjoint", "hot_slice"):
            ratio = skewed[data]["oktopk"]["collective_s"] / skewed["uniform"]["oktopk"]["collective_s"]
            yield f"{rate}: oktopk, {data} / uniform", ratio, f"<= {SKEW}", ratio <= SKEW


def main():
    folder = pathlib.Path(sys.argv[1])
    missed = 0
    for what, measured, bar, cleared in bars(folder):
        print(f"{what:50} {measured:8.2f}   {bar:8} {'' if cleared else 'missed'}".rstrip())
        missed += not cleared
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
