#!/usr/bin/env bash
# Depth of Cluster-GCN on generated PPI-like graphs: 2 to 8 layers under four aggregations, micro-F1 on unseen graphs.
#   depth.sh [--quick]        --quick: 4 and 8 layers only. Exit 1 when a bar is missed.
source "$(dirname "$0")/lib.sh"
depths="2 3 4 5 6 7 8"
[[ "${1:-}" == --quick ]] && depths="4 8"
config=$root/configs/studies/depth/ppi_like.yaml

for layers in $depths; do
  study row_$layers "$config" 1 model.layers=$layers model.normalisation=row
  study row_loop_$layers "$config" 1 model.layers=$layers
  study diagonal_$layers "$config" 1 model.layers=$layers model.normalisation=diagonal model.diagonal_lambda=1
  study residual_$layers "$config" 1 model.layers=$layers model.residual=true
done
study edgeless_4 "$config" 1 model.layers=4 model.kind=mlp

options="row row_loop diagonal residual"
# shellcheck disable=SC2046,SC2183  # a pair of words per option
deep=$(printf '%s_8 - %s_4 >= -3 or ' $(for o in $options; do echo "$o" "$o"; done))
shallow=$(printf '%s_4 - edgeless_4 >= 5 or ' $options)
table micro_f1 "${deep% or }" "${shallow% or }"
