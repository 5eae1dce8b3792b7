#!/usr/bin/env bash
# FedChain on logistic regression: gaps after 100 rounds of global SGD, accelerated steps, local steps, and chains of them with the best
# switch. The data: parity of MNIST digits on five clients, of which a share of the images is dealt anew; a9a on ten clients, sorted by label.
# Exit 1 when a bar is missed.
#   few_words.sh [DATA]     DATA: folder with mnist/ and convex/, default $LACONIC_DATA
source "$(dirname "$0")/lib.sh"
data=${1:-${LACONIC_DATA:?give the data folder, or set LACONIC_DATA}}
[[ -e $data/mnist/train-images-idx3-ubyte.gz && -e $data/convex/a9a.svm.gz ]] || { echo "SKIPPED: no $data/mnist, or no $data/convex"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$results" "$work"' EXIT

# run PROBLEM NAME ROUNDS PHASES: one training.
run() {
  "$laconic" train "$work/$1.yaml" run.dir="$results/$1/$2" method.rounds="$3" method.phases="$4" >"$results/log" 2>&1 ||
    { cat "$results/log" >&2; exit 1; }
}

# compare PROBLEM STEP MU ALIKE LRS...: SGD with steps of 1.9 STEP, accelerated steps of STEP, local steps of each of LRS.
compare() {
  local problem=$1 step=$2 mu=$3 alike=$4 lr switch
  shift 4
  local asg="{kind: global_steps, rule: asg, lr: $step, mu: $mu}" sgd
  sgd="{kind: global_steps, rule: sgd, lr: $(awk "BEGIN {print 1.9 * $step}")}"
  run "$problem" best 3000 "[$asg]"
  run "$problem" sgd 100 "[$sgd]"
  run "$problem" asg 100 "[$asg]"
  for lr in "$@"; do
    local steps="kind: local_steps, steps: 20, lr: $lr"
    run "$problem" "local.$lr" 100 "[{$steps}]"
    for switch in 1 2 5 10 25 50; do
      run "$problem" "to_sgd.$lr.$switch" 100 "[{$steps, until: {rounds: $switch}}, $sgd]"
      run "$problem" "to_asg.$lr.$switch" 100 "[{$steps, until: {rounds: $switch}}, $asg]"
    done
  done
  python3 "$root/tests/studies/few_words.py" "$results/$problem" "$problem" "$alike" || missed=1
}

missed=0
python3 "$root/tests/studies/few_words_mnist.py" "$data/mnist" "$work" 0 0.5 1
rest='method: {kind: chain, probe: true}
train: {evaluate_every: 0}
compute: {threads: 1}
observe: {progress: "off", tensorboard: false}'
for shuffle in 0 0.5 1; do
  printf 'problem: {kind: logistic, file: parity.svm, l2: 0.1}\ndata: {clients: {count: 5, split: file, file: clients-%s.txt}}\n%s\n' \
    "$shuffle" "$rest" > "$work/parity-$shuffle.yaml"
  compare "parity-$shuffle" 0.1035 0.1 "$shuffle" 0.03 0.1 0.2
done
printf 'problem: {kind: logistic, file: %s, l2: 0.001}\ndata: {clients: {count: 10, split: by_class}}\n%s\n' \
  "$data/convex/a9a.svm.gz" "$rest" > "$work/a9a.yaml"
compare a9a 0.635 0.001 0 0.1 0.3 1
exit $missed
