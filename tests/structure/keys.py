"""Does every configuration key exist that README, docs, job scripts, messages and help name? Arguments: source tree, laconic.

A key is `group.key` with a group of the schema in front. Looked through are whole pages and scripts, and of C++ the string
literals, adjacent ones joined: messages and help are made of them. Keys of fault points (fault_point("train.step")) and names of
files (train.sbatch) are no configuration keys.
"""
import json
import pathlib
import re
import subprocess
import sys

TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|#include[^\n]*|R"\((?P<raw>.*?)\)"|"(?P<text>(?:\\.|[^"\\\n])*)"|\'(?:\\.|[^\'\\])*\'', re.S)
FILES = {"cpp", "h5", "hpp", "html", "json", "jsonl", "md", "py", "sbatch", "sh", "tmp", "txt", "yaml"}


def keys_of(schema, prefix=""):
    """All keys and groups, also those that stand under a choice (oneOf, then, ...)."""
    for name, value in schema.get("properties", {}).items():
        yield prefix + name
        yield from keys_of(value, prefix + name + ".")
    for word in ("oneOf", "anyOf", "allOf"):
        for choice in schema.get(word, []):
            yield from keys_of(choice, prefix)
    for word in ("if", "then", "else"):
        if isinstance(schema.get(word), dict):
            yield from keys_of(schema[word], prefix)


def literals(source):
    """(line, text) of the string literals of a C++ file; literals with nothing but space between them are one."""
    end, joined, first = None, "", 0
    for match in TOKENS.finditer(source):
        text = match["raw"] if match["raw"] is not None else match["text"]
        if end is None or text is None or source[end:match.start()].strip():
            if joined:
                yield first, joined
            joined, first = "", source.count("\n", 0, match.start()) + 1
        joined += text or ""
        end = match.end() if text is not None else None
    if joined:
        yield first, joined


def wrong_keys(text, keys):
    """(offset, key) of what looks like a key and is none."""
    groups = {key.split(".")[0] for key in keys if "." in key}
    for match in re.finditer(r"(?<![\w./$-])(%s)((?:\.[a-z_][a-z0-9_]*)+)(?![\w/(-])" % "|".join(sorted(groups)), text):
        if match[2].rsplit(".", 1)[1] not in FILES and match[0] not in keys:
            yield match.start(), match[0]


def problems_of(path, text, keys):
    if path.suffix in (".cpp", ".hpp"):
        parts = list(literals(text))
    else:
        parts = [(1, text)]
    for line, part in parts:
        for offset, key in wrong_keys(part, keys):
            yield f"{path}:{line + part.count(chr(10), 0, offset)}: no such key: {key}"


def check_the_check(keys):
    """Negative controls: wrong keys are found where they stand, right ones are passed."""
    cpp, md = pathlib.Path("a.cpp"), pathlib.Path("a.md")
    wrong = 'fail("optimizer.lr: {}; see "\n     "optimizer.lrr.");  // optimizer.lrx'
    assert list(problems_of(cpp, wrong, keys)) == ["a.cpp:1: no such key: optimizer.lrr"], list(problems_of(cpp, wrong, keys))
    assert list(problems_of(md, "`optimizer.lr` and\n`optimizer.kind.of`", keys)) == ["a.md:2: no such key: optimizer.kind.of"]
    assert not list(problems_of(md, "train.sbatch, data/train.x, run.dir/x, optimizer.lr=0.1.", keys))
    nested = {"properties": {"a": {"oneOf": [{"properties": {"b": {}}}]}}}
    assert set(keys_of(nested)) == {"a", "a.b"}


def main():
    root, laconic = pathlib.Path(sys.argv[1]), sys.argv[2]
    schema = json.loads(subprocess.check_output([laconic, "schema", "--format", "json"]))
    keys = set(keys_of(schema))
    assert len(keys) > 50, "the schema has hardly any keys"
    check_the_check(keys)
    sources = [p for top in ("apps", "comm", "data", "framework", "models") for p in sorted((root / top).rglob("*.[hc]pp"))]
    for path in sources:
        keys |= set(re.findall(r'fault_point\("([a-z_.]+)"\)', path.read_text()))
    pages = [root / "README.md", root / "CONTRIBUTING.md", root / "quickstart.sh", *sorted((root / "docs").glob("*.md")),
             *sorted((root / "slurm").rglob("*")), *sorted((root / "configs").rglob("*.yaml"))]
    problems = []
    for path in sources + [p for p in pages if p.is_file()]:
        problems += [p.replace(f"{root}/", "", 1) for p in problems_of(path, path.read_text(), keys)]
    print("\n".join(problems) or f"all keys that {len(sources)} sources and {len(pages)} pages name exist")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
