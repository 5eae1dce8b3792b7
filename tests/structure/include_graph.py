"""Does the include graph obey the staircase of docs/tour.md? A file includes only from folders at or right of its own."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
order = ["apps", "models", "data", "comm", "framework"]
framework = {  # inside the framework: folder -> what it may include
    "base": {"base"},
    "device": {"device", "base"},
    "config": {"config", "base"},
    "ops": {"ops", "device", "base"},
    "graph": {"graph", "ops", "config", "device", "base"},
    "optim": {"optim", "graph", "ops", "config", "device", "base"},
    "checkpoint": {"checkpoint", "device", "base"},
    "observe": {"observe", "base"},
}
forbidden = {("models", "data"): "models know no data", ("models", "comm"): "models know no ranks",
             ("data", "comm"): "data knows no ranks"}
# comm describes its options through field.hpp, selects with ops, and lists its state.
comm_framework = {"base", "config", "device", "ops"}
comm = {  # inside comm: room -> the rooms before it that it may include
    "base": set(),
    "transport": {"base"},
    "model": {"base", "transport"},
    "dense": {"base"},
    "sparse": {"base"},
    "exchange": {"base", "transport", "dense", "sparse"},
    "gradient": {"base", "sparse", "exchange"},
}

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
            if top == "comm" and parts[0] == "comm" and parts[1] not in comm.get(here.parts[1], set()) | {here.parts[1]}:
                problems.append(f"{here}: includes {include}")
# No circle between the rooms of comm, and no file outside them.
for place, (room, may_include) in enumerate(comm.items()):
    for other in may_include - set(list(comm)[:place]):
        problems.append(f"comm/{room}: may include comm/{other}, which is not before it")
for path in sorted((root / "comm").rglob("*.[hc]pp")):
    if path.relative_to(root).parts[1] not in comm:
        problems.append(f"{path.relative_to(root)}: stands in no room of comm")
# Whatever a file of this project includes, directly or through others.
includes = {}
for top in order:
    for path in sorted((root / top).rglob("*.[hc]pp")):
        found = re.findall(r'#include "([^"]+)"', path.read_text())
        includes[str(path.relative_to(root))] = [f for f in found if (root / f).exists()]


def reach(start):
    chains, todo = {start: [start]}, [start]
    while todo:
        here = todo.pop()
        for there in includes.get(here, []):
            if there not in chains:
                chains[there] = chains[here] + [there]
                todo.append(there)
    return chains


# The life of a run knows no network and no data; pages and sweeps know runs alone.
for path in includes:
    if re.match(r"apps/laconic/(run|report|sweep)/", path):
        for there, chain in reach(path).items():
            if re.match(r"(models|data|apps/laconic/(learn|methods))/", there):
                problems.append(f"{path}: reaches {there}: {' > '.join(chain)}")
                break
for path in includes:
    for there in includes[path]:
        if path in reach(there):
            problems.append(f"{path}: in a circle of includes with {there}")
# The rooms of apps: who may include whom.
rooms = {"doctor": {"doctor"}, "run": {"run"}, "learn": {"learn", "run"}, "methods": {"learn", "run"},
         "report": {"report", "run"}, "sweep": {"sweep", "run"}}
for path, found in includes.items():
    room = re.match(r"apps/laconic/(\w+)/", path)
    if room and room[1] in rooms:
        for there in found:
            target = re.match(r"apps/laconic/(\w+)/", there)
            if target and target[1] not in rooms[room[1]]:
                problems.append(f"{path}: includes {there}")
# Rooms that must stay readable.
for path in includes:
    if re.match(r"apps/laconic/(run|learn|methods)/", path):
        lines = (root / path).read_text().count("\n")
        if lines > 200:
            problems.append(f"{path}: {lines} lines; at most 200")
print("\n".join(problems) or "the include graph obeys the staircase")
sys.exit(bool(problems))
