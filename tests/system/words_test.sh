#!/usr/bin/env bash
# What other programs read of the command line and the schema: completion by bash and zsh, the manual page by man and
# mandoc, JSON Schemas by jsonschema. Each is given something wrong, too.
. "$(dirname "$0")/common.sh"
"$laconic" completion bash > words.bash && "$laconic" completion zsh > _laconic || fail "completion"
"$laconic" completion fish >/dev/null 2>err.txt; [ $? -eq 64 ] && grep -q 'bash,zsh' err.txt || fail "another shell: $(cat err.txt)"
# completes LINE: what bash offers at the end of LINE, as it splits words
cat > completes.bash <<'B'
. ./words.bash
completes() {
  local line=${1//=/ = }
  read -ra COMP_WORDS <<<"$line"
  [[ $line == *' ' && $1 != *= ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
  _laconic
  printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
}
is() { [ "$(completes "$1")" = "$2 " ] || { echo "$1: $(completes "$1"), not $2"; exit 1; }; }
is 'laconic tra' 'train'
is 'laconic sweep sta' 'status'
is 'laconic schema --format ' 'json markdown text'
is 'laconic schema --format=j' 'json'
is 'laconic completion ' 'bash zsh'
is 'laconic train a.yaml optimizer.mo' 'optimizer.momentum='
is 'laconic train a.yaml seed=3 comm.auto' 'comm.auto_dense='
is 'laconic train a.yaml comm.auto_dense=' 'false true'
is 'laconic train a.yaml comm.allreduce=okt' 'oktopk'
is 'laconic train --prog' '--progress'
is 'laconic train ' ''                # files: by bash itself
is 'laconic inspect run optimizer.' ''  # takes no keys
complete -p laconic | grep -q -- '-o default -F _laconic laconic' || { echo "not registered"; exit 1; }
for key in $(completes 'laconic train a.yaml '); do
  "$1" schema "${key%=}" >/dev/null || { echo "$key: no key"; exit 1; }
  ((++n >= 20)) && break
done
(is 'laconic tra' 'trian') >/dev/null && { echo "the check passes a wrong word"; exit 1; }
exit 0
B
bash completes.bash "$laconic" || fail "bash completes wrongly"
if command -v zsh >/dev/null; then
  cat > completes.zsh <<'Z'
compdef() { :; }
. ./_laconic
compadd() { while [[ $1 == -* && $1 != -- ]]; do [[ $1 == -S ]] && shift; shift; done; shift; print -l -- ${(M)@:#$PREFIX*}; }
compset() { PREFIX=${PREFIX#*=}; }
_files() { print files; }
is() {  # words before the cursor, and what is offered
  local -a words=(${(s: :)1}) ; [[ $1 == *' ' ]] && words+=("")
  local CURRENT=$#words PREFIX=$words[-1] found
  found=$(_laconic | sort | tr '\n' ' ')
  [[ $found == "$2 " ]] || { print "$1: $found, not $2"; exit 1; }
}
is 'laconic tra' train
is 'laconic sweep sta' status
is 'laconic train a.yaml comm.allreduce=okt' oktopk
is 'laconic train a.yaml optimizer.mo' optimizer.momentum=
is 'laconic train ' files
(is 'laconic tra' trian) >/dev/null && exit 1
exit 0
Z
  zsh -f completes.zsh || fail "zsh completes wrongly"
fi
"$laconic" man > laconic.1 || fail "man"
for word in 'laconic sweep submit' 'optimizer.lr' '\-\-pack' 'diverged'; do grep -Fq -- "$word" laconic.1 || fail "the manual lacks $word"; done
if command -v man >/dev/null && command -v groff >/dev/null; then
  warnings=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z laconic.1 2>&1 >/dev/null)
  [ -z "$warnings" ] || fail "man warns: $warnings"
  { cat laconic.1; echo '.nosuchrequest'; } > bad.1
  [ -n "$(LC_ALL=C.UTF-8 man --warnings -l -Tutf8 -Z bad.1 2>&1 >/dev/null)" ] || fail "man warns of nothing"
fi
if command -v mandoc >/dev/null; then
  mandoc -Tlint -W warning laconic.1 | grep -v "missing date" > lint.txt; [ ! -s lint.txt ] || fail "mandoc: $(head lint.txt)"
fi
"$laconic" schema --format json > run.json && "$laconic" schema --sweep > sweep.json || fail "schema"
cat > schema.py <<'P'
import json, pathlib, re, sys
try:
    import jsonschema, yaml
except ImportError as error:
    print(f"left out: JSON Schemas ({error.name} is not installed)")
    sys.exit(0)
# As in YAML 1.2: 1e-3 is a number, off is a text.
resolvers = yaml.SafeLoader.yaml_implicit_resolvers
for first, found in resolvers.items():
    resolvers[first] = [(tag, what) for tag, what in found if tag != "tag:yaml.org,2002:bool"]
yaml.SafeLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(true|false)$"), list("tf"))
yaml.SafeLoader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9.]+[eE][-+]?[0-9]+$"), list("-+.0123456789"))
source = pathlib.Path(sys.argv[1])
def checker(name):
    schema = json.load(open(name))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert re.fullmatch(r"urn:laconic:(configuration|sweep):[0-9.]+", schema["$id"]), schema["$id"]
    return jsonschema.Draft202012Validator(schema)
run, sweep = checker("run.json"), checker("sweep.json")
def errors(check, text):
    return [e.message for e in check.iter_errors(yaml.safe_load(text))]
seen = 0
for path in source.glob("configs/**/*.yaml"):
    check = sweep if path.parent.name == "sweeps" else run
    found = errors(check, path.read_text())
    assert not found, (path, found)
    seen += 1
assert seen > 5, seen
for bad in ("modle: {hidden: 3}", "optimizer: {lr: -1}", "comm: {allreduce: okt}", "train: {epochs: many}", "seed: [1]"):
    assert errors(run, bad), bad
for bad in ("grid: {seed: [1]}", "base: a\ngrid: {sede: [1]}", "base: a\ngrid: {seed: 1}", "base: a\nlist: [{run.dir: x}]",
            "base: a\nrandom: {keys: {optimizer.lr: {uniform: [1]}}}", "base: a\nrandom: {keys: {optimizer.lr: {normal: [1, 2]}}}",
            "base: a\ngrid: {optimizer.lr: [-1]}", "base: a\njobs: 0"):
    assert errors(sweep, bad), bad
good = "base: a\ngrid: {method: [data_parallel], seed: [1, 2]}\nlist: [{model.kind: gcn}]\nrandom: {keys: {optimizer.lr: {choice: [0.1]}}}"
assert not errors(sweep, good), errors(sweep, good)
P
"$python" schema.py "$source" || fail "JSON Schemas"
echo "other programs read laconic's words"
