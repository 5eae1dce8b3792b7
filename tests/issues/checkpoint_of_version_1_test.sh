#!/usr/bin/env bash
# A run that a program with checkpoints of version 1 was killed in is scored, and ends with the tensors of that program's own
# resume (laconic resume RUN run.max_steps=0 at commit f339baa, LACONIC_MAX_ISA=generic): a graph, and images, whose network had
# no normalisation whatever its configuration said.
. "$(dirname "$0")/common.sh"
"$source/tests/corpus/checkpoint_v1.sh" graph
"$source/tests/corpus/checkpoint_v1.sh" images checkpoint_v1_cnn
for old in graph images; do
  "$laconic" eval $old >/dev/null || fail "eval of version 1: $old"
  LACONIC_MAX_ISA=generic "$laconic" resume $old run.max_steps=0 >/dev/null 2>$old.log || fail "resume of version 1: $(cat $old.log)"
  "$laconic" inspect $old | awk '$1 ~ /^(parameters|best\/parameters|optimizer\/moment.|exchange\/residual)$/ {print $1, $NF}' | sort > $old.txt
done
diff graph.txt - <<'T' || fail "version 1 resumes to other tensors"
best/parameters b5cc8b4ec2d1414d
exchange/residual 51d8d5b9167ec72f
optimizer/moment1 d96d70fca0482a2c
parameters 820470e47166c76d
T
diff images.txt - <<'T' || fail "version 1 resumes to other tensors, images"
best/parameters 574a8c3458f0fe5d
optimizer/moment1 d8858853ef427ef7
optimizer/moment2 a80a7fdaa4f676a9
parameters aa44eeb0032a8045
T
echo "checkpoints of version 1 are resumed"
