#!/usr/bin/env python3
"""Prints the traffic, the training loss and xi of a study's runs.

  traffic.py RESULTS      RESULTS/<case>/<seed>/{result.json,metrics.jsonl} are runs

loss: mean of the last 20 steps. MB sent: by the rank that sent most. xi: median of what comm.xi_every measured.
"""

import json
import pathlib
import statistics
import sys


def main():
    cases = {}
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*/*/result.json"), key=lambda p: p.stat().st_mtime):
        sent = json.loads(path.read_text())["comm"]["bytes_sent"]["max"] / 1e6
        lines = [json.loads(line) for line in (path.parent / "metrics.jsonl").read_text().splitlines()]
        losses = [line["loss"] for line in lines if "loss" in line]
        runs = cases.setdefault(path.parts[-3], ([], [], []))
        runs[0].append(statistics.mean(losses[-20:]))
        runs[1].append(sent)
        runs[2].extend(line["exchange/xi"] for line in lines if "exchange/xi" in line)
    width = max(map(len, cases))
    print(f"{'case':{width}}  {'last loss':>9}  {'MB sent':>8}  {'xi':>5}")
    for name, (losses, sent, xi) in cases.items():
        tail = f"  {statistics.median(xi):5.2f}" if xi else ""
        print(f"{name:{width}}  {statistics.mean(losses):9.4f}  {statistics.mean(sent):8.1f}{tail}")
    print()


if __name__ == "__main__":
    main()
