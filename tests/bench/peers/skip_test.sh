#!/bin/bash
# The comparisons without their environment: where pip cannot install, they end with 77 and the reason, and do not take what is
# half made for a whole one. Arguments: none.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
export XDG_CACHE_HOME=$folder PIP_NO_INDEX=1 PIP_FIND_LINKS=/nowhere
mine=$folder/laconic/peers

code=0
output=$(python3 "$here/spmm.py" graph.h5 2>/dev/null) || code=$?
[ "$code" = 77 ] || { echo "exit code $code, not 77: $output"; exit 1; }
[[ $output == "SKIPPED: "* ]] || { echo "no reason: $output"; exit 1; }
[ ! -e "$mine/versions.txt" ] || { echo "half an environment passes for a whole one"; exit 1; }

# The negative control: a whole environment is taken as it is.
mkdir -p "$mine" && echo "torch 1" > "$mine/versions.txt"
found=$(cd "$here" && python3 -c "import environment; print(environment.python(), environment.versions())")
[ "$found" = "$mine/bin/python torch 1" ] || { echo "not taken: $found"; exit 1; }
echo "skipped with: ${output#SKIPPED: }"
