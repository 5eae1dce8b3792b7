#!/usr/bin/env python3
"""Prints what a study measured and compares it with the study's bars.

  table.py RESULTS METRIC [BAR ...]

RESULTS/<case>/<seed>/result.json are runs; METRIC is a test score (accuracy, micro_f1), taken at the best
validation, in per cent. A BAR compares case means: 'cora >= 80.8', 'gcn - mlp >= 3', 'a >= 1 or b >= 1'.
Exit status 1 when a bar is missed.
"""

import json
import pathlib
import statistics
import sys


def load(folder, metric):
    """{case: ([score in per cent, one a seed], [seconds])}, in the order in which the cases were run."""
    cases = {}
    for path in sorted(folder.glob("*/*/result.json"), key=lambda p: p.stat().st_mtime):
        result = json.loads(path.read_text())
        scores, seconds = cases.setdefault(path.parts[-3], ([], []))
        scores.append(100 * result["metrics"]["test"][metric])
        seconds.append(result["time_s"]["total"])
    return cases


def value_of(expression, means):
    """Of a sum and difference of cases."""
    value, sign = 0.0, 1
    for token in expression.split():
        if token in "+-":
            sign = 1 if token == "+" else -1
        else:
            value += sign * means[token]
    return value


def holds(bar, means):
    """Whether one of the bar's alternatives holds, and the left side of the one that fares best."""
    margins = []
    for alternative in bar.split(" or "):
        left, right = alternative.split(">=")
        value = value_of(left, means)
        margins.append((value - float(right), value))
    return max(margins)[0] >= 0, max(margins)[1]


def main():
    folder, metric, bars = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    cases = load(folder, metric)
    width = max(map(len, cases))
    print(f"{'case':{width}}  seeds  {'test ' + metric + ', %':>20}   worst  seconds a run")
    for name, (scores, seconds) in cases.items():
        spread = statistics.stdev(scores) if len(scores) > 1 else 0.0
        score = f"{statistics.mean(scores):.2f} +- {spread:.2f}"
        print(f"{name:{width}}  {len(scores):5}  {score:>20}  {min(scores):6.2f}  {statistics.median(seconds):13.1f}")
    print()
    means = {name: statistics.mean(scores) for name, (scores, _) in cases.items()}
    missed = False
    for bar in bars:
        kept, value = holds(bar, means)
        missed |= not kept
        print(f"{'kept  ' if kept else 'MISSED'}  {bar}   (measured {value:.2f})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
