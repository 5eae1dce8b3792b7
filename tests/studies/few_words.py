"""Reads the runs of few_words.sh and checks its bars. Arguments: folder of results, problem, its largest bar for the last check.

A run is a folder METHOD, or METHOD.LR.ROUNDS for local steps and chains; `best` has the least objective that any method reaches.
"""
import json
import pathlib
import sys

# Gaps of an independent implementation on other digits of MNIST; ours are within a factor of 2. The floor of local steps on
# clients that are alike comes from one random deal, so it has no anchor.
ANCHORS = {"parity-0": {"asg": 2.6e-11, "local": 4.1e-3, "sgd": 7.3e-5, "to_sgd": 2.4e-5, "to_asg": 1.6e-11},
           "parity-0.5": {"asg": 2.6e-11, "local": 2.5e-4, "sgd": 7.3e-5, "to_sgd": 3.7e-6, "to_asg": 4.0e-12},
           "parity-1": {"asg": 2.6e-11, "sgd": 7.3e-5, "to_sgd": 4.3e-8, "to_asg": 2.3e-13}}

folder, problem, alike = pathlib.Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
objective = {path.parent.name: json.load(open(path))["metrics"]["last"]["objective"] for path in folder.glob("*/result.json")}
least = objective.pop("best")
gap = {name: max(value - least, 1e-16) for name, value in objective.items()}
best = {kind: min((value, name) for name, value in gap.items() if name.split(".")[0] == kind)
        for kind in ("sgd", "asg", "local", "to_sgd", "to_asg")}
print(f"{problem}: least objective {least:.12f}; gaps after 100 rounds:")
for kind, (value, name) in best.items():
    print(f"  {kind:8} {value:9.2e}  {name}")
bars = [("chain to SGD beats both parts", best["to_sgd"][0] < min(best["sgd"][0], best["local"][0]))]
if alike > 0:
    bars.append(("chain to ASG beats both parts", best["to_asg"][0] < min(best["asg"][0], best["local"][0])))
else:
    bars.append(("chain to ASG is within 10 x of ASG", best["to_asg"][0] < 10 * best["asg"][0]))
for kind, anchor in ANCHORS.get(problem, {}).items():
    bars.append((f"{kind} is within a factor of 2 of {anchor}", anchor / 2 <= best[kind][0] <= 2 * anchor))
for what, holds in bars:
    print(f"  {'yes' if holds else 'NO '}  {what}")
sys.exit(not all(holds for _, holds in bars))
