#!/usr/bin/env bash
# Accuracy of Cluster-GCN on public graphs, test score at best validation, against bars. Exit 1 when one is missed.
#   cluster_gcn.sh [--quick] [DATA]     DATA: folder with graphs/*.h5, default $LACONIC_DATA; --quick: fewer seeds
source "$(dirname "$0")/lib.sh"
seeds=10 few=3
[[ "${1:-}" == --quick ]] && seeds=3 few=1 && shift
data=${1:-${LACONIC_DATA:-}}
graphs=${data:?give the data folder, or set LACONIC_DATA}/graphs
configs=$root/configs/studies/cluster_gcn

cora=data.source.file=$graphs/cora.h5
study cora_full "$configs/cora.yaml" $seeds "$cora"
study cora_k10_q2 "$configs/cora.yaml" $seeds "$cora" data.clusters_per_batch=2
study cora_k50_q10 "$configs/cora.yaml" $seeds "$cora" data.parts=50
amazon=data.source.file=$graphs/amazon_cs.h5
study computers "$configs/amazon_computers.yaml" $few "$amazon"
study computers_edgeless "$configs/amazon_computers.yaml" $few "$amazon" model.kind=mlp
coauthor=data.source.file=$graphs/coauthor_cs.h5
study coauthor "$configs/coauthor_cs.yaml" $few "$coauthor"

table accuracy 'cora_full >= 80.8' 'cora_k10_q2 - cora_full >= -1.5' 'cora_k50_q10 - cora_full >= -1.5' \
  'computers >= 90.0' 'computers - computers_edgeless >= 3' 'coauthor >= 94.5'
