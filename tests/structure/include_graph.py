"""Does the include graph obey the staircase of docs/tour.md? A file includes only from folders at or right of its own."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
order = ["apps", "models", "data", "comm", "framework"]
framework = {  # inside the framework: folder -> what it may include
    "base": {"base"},
    "config": {"config", "base"},
    "ops": {"ops", "base"},
    "graph": {"graph", "ops", "config", "base"},
    "optim": {"optim", "graph", "ops", "config", "base"},
    "checkpoint": {"checkpoint", "base"},
    "observe": {"observe", "base"},
}
forbidden = {("models", "data"): "models know no data", ("models", "comm"): "models know no ranks",
             ("data", "comm"): "data knows no ranks"}
# comm describes its options through field.hpp, which knows no YAML, and selects with ops.
comm_framework = {"base", "config", "ops"}

problems = []
for top in order:
    for path in sorted((root / top).rglob("*.[hc]pp")):
        here = path.relative_to(root)
        for include in re.findall(r'#include "([^"]+)"', path.read_text()):
            parts = include.split("/")
            if parts[0] not in order:
                continue
            if order.index(parts[0]) < order.index(top):
                problems.append(f"{here}: includes {include}, to its left")
            if (top, parts[0]) in forbidden:
                problems.append(f"{here}: includes {include}: {forbidden[top, parts[0]]}")
            if top == "framework" and parts[1] not in framework[here.parts[1]]:
                problems.append(f"{here}: includes {include}")
            if top == "comm" and parts[0] == "framework" and parts[1] not in comm_framework:
                problems.append(f"{here}: includes {include}")
print("\n".join(problems) or "the include graph obeys the staircase")
sys.exit(bool(problems))
