#!/usr/bin/env bash
# A run over a slow link (comm.link) has the results of one without it, and takes the time of the link; `compare` sets such runs beside
# each other. What a short sparse run prints of itself.
. "$(dirname "$0")/common.sh"
train() { local run=$1; shift; ranks 2 "$laconic" train "$planted" run.dir="$run" compute.threads=1 "$@" >/dev/null 2>"$run.log" || fail "$run: $(cat "$run.log")"; }
slow=(comm.link.mbit=4 comm.link.latency_us=300)
sparse=(comm.allreduce=oktopk comm.auto_dense=false)
train fast comm.allreduce=ring
train slow comm.allreduce=ring "${slow[@]}"
train fast_sparse "${sparse[@]}"
train slow_sparse "${sparse[@]}" "${slow[@]}"
for pair in "fast slow" "fast_sparse slow_sparse"; do
  read -r one other <<< "$pair"
  [ "$("$laconic" inspect --fingerprint $one)" = "$("$laconic" inspect --fingerprint $other)" ] || fail "$pair: other bits"
  cmp $one/metrics.jsonl $other/metrics.jsonl || fail "$pair: other metrics"
done
grep -q 'transport shaped' slow.log && ! grep -q 'transport shaped' fast.log || fail "transport: $(grep transport slow.log fast.log)"
python3 - <<'EOF' || fail "time or result.json"
import json
slow, fast = (json.load(open(f"{run}/result.json")) for run in ("slow", "fast"))
assert slow["comm"]["link"] == {"mbit": 4, "latency_us": 300}, slow["comm"]
assert "link" not in fast["comm"]
least = slow["comm"]["bytes_sent"]["max"] * 8 / 4e6
assert slow["comm"]["bytes_sent"] == fast["comm"]["bytes_sent"]
assert slow["time_s"]["exchange"] >= least > 0.1, (slow["time_s"], least)
course = slow["course"]
assert len(course["step"]) == len(course["score"]) == len(course["seconds"]) == len(course["bytes_sent"]) == len(course["samples"]) == 3, course
assert course["step"][-1] == slow["steps"] and course["seconds"] == sorted(course["seconds"]), course
EOF
"$laconic" compare dense=slow "few words=slow_sparse" --picture race.svg > compare.txt 2>err.txt || fail "compare: $(cat err.txt)"
grep -q '^few words .*kB' compare.txt && grep -q 'times the seconds of dense and with .* % of its bytes' compare.txt || fail "compare: $(cat compare.txt)"
grep -q '4 Mbit/s and 300 us' race.svg && python3 -c 'import xml.etree.ElementTree as E; E.parse("race.svg")' || fail "picture"
# What the link cannot do is refused with a sentence.
"$laconic" validate "$planted" comm.allreduce=vendor comm.link.mbit=100 2>err.txt && fail "vendor was slowed down"
grep -q 'comm.link.mbit: .*vendor.*comm.allreduce=dense' err.txt || fail "vendor: $(cat err.txt)"
"$laconic" plan -n 4 "$planted" "${sparse[@]}" "${slow[@]}" > plan.txt || fail plan
grep -q '^link .*4 Mbit/s each way, 300 us latency' plan.txt || fail "plan names no link: $(cat plan.txt)"
# Short runs: how often an element can be sent, and a warning.
grep -q 'each element of the gradient can be sent 1.6 times in 18 steps' fast_sparse.log || fail "sends: $(cat fast_sparse.log)"
grep -q 'W 18 steps are too few for comm.allreduce: oktopk: use comm.allreduce=dense' fast_sparse.log || fail "no warning: $(cat fast_sparse.log)"
"$laconic" plan -n 2 "$planted" "${sparse[@]}" train.epochs=5 | grep -q 'warning: comm.allreduce: oktopk may cost accuracy in 30 steps' || fail "warning of plan"
"$laconic" plan -n 2 "$planted" "${sparse[@]}" train.epochs=10 > plan.txt; grep -q 'can be sent 1.6 times in 60' plan.txt && ! grep -q 'steps or more' plan.txt || fail "60 steps are enough"
"$laconic" plan -n 2 "$planted" "${sparse[@]}" comm.density_warmup_steps=0 train.epochs=10 | grep -q 'can be sent 0.6 times in 60 steps, on average; the density is 0.01' || fail "warm-up was not switched off"
# A run ends with its answer; its name is the configuration's.
cp "$planted" mine.yaml && sed -i '/^name:/d' mine.yaml
"$laconic" train mine.yaml --progress log > out.txt 2>&1 || fail "mine: $(cat out.txt)"
grep -q '^val accuracy .* %, test accuracy .* %, at step .* of ' out.txt && grep -q '^run folder: .*runs/mine$' out.txt || fail "ending: $(cat out.txt)"
grep -q '^next: laconic predict runs/mine -o predictions.csv$' out.txt || fail "next command: $(cat out.txt)"
eval "$(sed -n 's/^next: laconic/"$laconic"/p' out.txt)" >/dev/null && [ -s predictions.csv ] || fail "the next command does not run"
grep -q 'ETA' out.txt && [ -d runs/mine ] || fail "progress: $(cat out.txt)"
echo "a slow link changes times alone"
