#!/usr/bin/env bash
# For an unknown word, the message names the one that was meant. Words are verbs, options, and keys
# as other programs call them.
. "$(dirname "$0")/common.sh"
refuses() { expect 64 "^laconic: $1" "$laconic" "${@:2}"; }
refuses 'trian: unknown verb; did you mean train\?' trian "$tiny"
refuses 'stauts: unknown verb; did you mean status\?' sweep stauts x
refuses 'fit: unknown verb; allowed: train, resume' fit "$tiny"
refuses '--progres: unknown option; did you mean --progress\?' train "$tiny" --progres off
refuses '--optimizer.lr=0.1: a key is given without dashes; write optimizer.lr=0.1$' train "$tiny" --optimizer.lr=0.1
refuses '--optimizer.lr: a key is given without dashes; write optimizer.lr=0.1$' validate "$tiny" --optimizer.lr 0.1
refuses '--seed=4: a key is given without dashes; write seed=4$' train --seed=4 "$tiny"
refuses '--learning-rate: .*did you mean optimizer.lr\?' train "$tiny" --learning-rate 0.1
cat > foreign.yaml <<'Y'
learning_rate: 0.1
batch_size: 3
batchSize: 3
num_epochs: 2
model: {num_layers: 2, hidden_channels: 16, dropoutRate: 0.1}
data: {num_parts: 3, num_clusters: 3, num_workers: 2}
optimizer: {max_grad_norm: 1}
epochs: 3
hidden_size: 16
dropout_rate: 0.1
wd: 0.01
Y
"$laconic" validate foreign.yaml >log 2>&1
[ $? = 78 ] || { cat log >&2; fail "foreign names: another code"; }
for answer in learning_rate:optimizer.lr batch_size:data.clusters_per_batch 'batch_size:.*train.batch' batchSize:data.clusters_per_batch \
  num_epochs:train.epochs num_layers:model.layers hidden_channels:model.hidden dropoutRate:model.dropout num_parts:data.parts \
  num_clusters:data.parts max_grad_norm:optimizer.clip_norm \
  ^foreign.*epochs:train.epochs hidden_size:model.hidden dropout_rate:model.dropout wd:optimizer.weight_decay num_workers:compute.threads; do
  grep -Eq "${answer%%:*}: unknown key; did you mean .*${answer#*:}" log || { cat log >&2; fail "no $answer"; }
done
printf 'model:{hidden: 5}\n' >space.yaml
expect 78 'a space is missing behind the colon' "$laconic" validate space.yaml
expect 78 'type: laconic sweep run' "$laconic" train "$source/configs/sweeps/planted.yaml"
expect 78 'type: laconic train' "$laconic" sweep plan "$source/configs/quick/planted.yaml"
