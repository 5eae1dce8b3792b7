#!/usr/bin/env python3
"""Prints uploads and bytes until a test accuracy, and holds SASG against SGD.

  uploads.py RESULTS TARGET     RESULTS/<case>/<seed>/{result.json,metrics.jsonl}

A run without uploads is SGD: ten dense uploads of 4 bytes per element in every step, and as much to each of ten workers.
Exit status 1 when a bar is missed.
"""

import json
import pathlib
import statistics
import sys

WORKERS = 10


def load(folder, target):
    """Returns of a run: the last accuracy, share of uploads, and uploads, bytes up and bytes down until the target."""
    parameters = json.loads((folder / "result.json").read_text())["parameters"]
    now, step, reached = (0, 0, 0), 0, None
    for line in map(json.loads, (folder / "metrics.jsonl").open()):
        step = line.get("step", step)
        if "upload_bytes" in line:  # the sum goes to each worker
            now = line["uploads"], line["upload_bytes"], WORKERS * line.get("downlink_bytes", 0)
        elif "lr" in line:
            now = WORKERS * step, 4 * parameters * WORKERS * step, 4 * parameters * WORKERS * step
        if "test/accuracy" in line:
            accuracy = line["test/accuracy"]
            if reached is None and accuracy >= target:
                reached = now
    return accuracy, now[0] / (WORKERS * step), reached or (float("nan"),) * 3


def main():
    folder, target = pathlib.Path(sys.argv[1]), float(sys.argv[2])
    cases = {}
    for path in sorted(folder.glob("*/*/result.json"), key=lambda p: p.stat().st_mtime):
        cases.setdefault(path.parts[-3], []).append(load(path.parent, target))
    print(f"case    seeds  test accuracy, %  uploads, %   until {100 * target:g} %: uploads     GB up   GB down")
    means = {}
    for name, runs in cases.items():
        accuracy, share = (statistics.mean(run[i] for run in runs) for i in (0, 1))
        uploads, up, down = (statistics.mean(run[2][i] for run in runs) for i in range(3))
        means[name] = 100 * accuracy, uploads, up, down
        print(f"{name:7} {len(runs):5}  {100 * accuracy:16.2f}  {100 * share:10.1f}  {uploads:21.0f}  {1e-9 * up:8.4f}  {1e-9 * down:8.4f}")
    sgd, sasg = means["sgd"], means["sasg"]
    print(f"\nsasg of sgd: uploads {sasg[1] / sgd[1]:.3f}, bytes up {100 * sasg[2] / sgd[2]:.3f} %, down {100 * sasg[3] / sgd[3]:.3f} %")
    kept = [sasg[1] / sgd[1] <= 0.45, sasg[0] >= sgd[0] - 0.2, sasg[2] / sgd[2] <= 0.0035]
    print("bars: uploads <= 0.45, accuracy >= sgd - 0.2, bytes up <= 0.35 %:", ["MISSED", "kept"][all(kept)], kept)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
