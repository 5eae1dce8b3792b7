#!/usr/bin/env bash
# What three ranks say of themselves: the table at the end, the trace, TensorBoard's files read by an independent reader, the doctor.
. "$(dirname "$0")/common.sh"
three=(observe.tensorboard=true observe.progress=log checkpoint.every_steps=5)
trace=(observe.trace_first=2 observe.trace_steps=3 'observe.trace_ranks=[0, 2]' comm.bucket_mb=0.002)
ranks 3 "$laconic" train "$planted" run.dir=run "${three[@]}" "${trace[@]}" 2>err.txt || fail "training: $(cat err.txt)"
grep -q '^straggler: rank [012]' err.txt || fail "no table at the end: $(cat err.txt)"
grep -q '"max_rank"' run/result.json && grep -q '"sent_by_phase"' run/result.json || fail "result.json lacks the ranks"
"$laconic" summary run | grep -q '^straggler: rank' || fail "summary lacks the table"
# Killed after the traced steps: the trace is there. Resumed: a second event file.
LACONIC_FAULT=train.step:8 ranks 3 "$laconic" train "$planted" run.dir=killed "${three[@]}" "${trace[@]}" >/dev/null 2>&1
ranks 3 "$laconic" resume killed >/dev/null 2>&1 || fail "resume"
"$laconic" train "$planted" run.dir=plain >/dev/null || fail "training without a trace"
[ ! -e plain/trace.json ] || fail "a trace that nobody asked for"
cat > trace.py <<'P'
import json, sys, time
trace = json.load(open(sys.argv[1]))
timed = [e for e in trace["traceEvents"] if e["ph"] == "X"]
assert {e["pid"] for e in timed} == {0, 2}, "other ranks than those asked for"
names = {e["name"] for e in timed}
assert names >= {"step", "forward", "backward", "exchange", "exchange_exposed", "update", "data", "checkpoint"}, names
# In nanoseconds: what the file holds in microseconds is exact, whatever the machine's speed.
for e in timed:
    e["start"], e["end"] = round(1000 * e["ts"]), round(1000 * e["ts"]) + round(1000 * e["dur"])
    assert e["dur"] >= 0, e
assert min(e["start"] for e in timed) == 0, "times do not count from the earliest event"
assert abs(int(trace["otherData"]["epoch_ns"]) - time.time_ns()) < 3600e9, "the epoch is not of this hour"
steps = {pid: [e for e in timed if e["pid"] == pid and e["name"] == "step"] for pid in (0, 2)}
for pid in (0, 2):
    own = [e for e in timed if e["pid"] == pid]
    of = {e["args"]["step"]: e for e in steps[pid]}
    assert list(of) == [2, 3, 4] and len(steps[pid]) == 3, steps[pid]
    for e in own:  # a phase of a step lies in its own step
        if e["name"] not in ("checkpoint", "evaluate"):
            s = of[e["args"]["step"]]
            assert s["start"] <= e["start"] and e["end"] <= s["end"], (e, s)
    for s in of:
        phases = {e["name"] for e in own if e["args"]["step"] == s}
        assert phases >= {"step", "data", "forward", "backward", "exchange", "exchange_exposed", "update"}, (s, phases)
    compute = sorted((e for e in own if e["tid"] == 0 and e["name"] != "step"), key=lambda e: e["start"])
    for a, b in zip(compute, compute[1:]):  # one after the other
        assert a["end"] <= b["start"], (a, b)
    buckets = {e["args"]["bucket"] for e in own if e["name"] == "exchange"}
    assert len(buckets) > 1, "one bucket"
# Ranks share a time axis: no rank ends a step before the others began it, since they exchange in each.
for a, b in zip(steps[0], steps[2]):
    assert a["start"] < b["end"] and b["start"] < a["end"], (a, b)
P
cat > events.py <<'P'
import json, sys
from event_file import scalars
scalars = {tag: {s: v for s, (_, v) in values.items()} for tag, values in scalars(sys.argv[1]).items()}
wanted = {}
for line in open(sys.argv[1] + "/metrics.jsonl"):
    record = json.loads(line)
    for key, value in record.items():
        tag = {"loss": "train/loss", "accuracy": "train/accuracy"}.get(key, key)
        if "/" in tag and value is not None:
            wanted.setdefault(tag, {})[record["step"]] = value
for tag in ("train/loss", "train/accuracy", "train/lr", "train/gradient_norm", "val/accuracy"):
    assert tag in scalars, f"no {tag}"
sent = scalars["speed/bytes_sent"]
assert list(sent.values()) == sorted(sent.values()) and min(scalars["speed/samples_per_second"].values()) > 0
course = json.load(open(sys.argv[1] + "/result.json"))["course"]
for step, bytes_sent in zip(course["step"], course["bytes_sent"]):
    assert abs(sent[step] - bytes_sent) <= 1e-6 * bytes_sent, (step, sent[step], bytes_sent)
try:  # TensorBoard's own reader, where it is installed
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams import metadata
except ImportError:
    print("left out: TensorBoard's reader is not installed")
else:
    read = EventAccumulator(sys.argv[1] + "/tensorboard")
    read.Reload()
    assert "optimizer:" in read.Tensors("configuration")[-1].tensor_proto.string_val[0].decode()
    assert read.SummaryMetadata("configuration").plugin_data.plugin_name == "text"
    start = metadata.parse_session_start_info_plugin_data(read.PluginTagToContent("hparams")["_hparams_/session_start_info"])
    assert start.hparams["ranks"].number_value == 3 and start.hparams["data.source.format"].string_value == "planted", start
for tag, values in wanted.items():
    assert scalars[tag].keys() == values.keys(), (tag, scalars[tag].keys() ^ values.keys())
    for step, value in values.items():
        assert abs(scalars[tag][step] - value) <= 1e-5 * abs(value) + 1e-30, (tag, step)
P
if command -v python3 >/dev/null; then
  export PYTHONPATH=$source/tests PYTHONDONTWRITEBYTECODE=1
  for run in run killed; do
    python3 trace.py $run/trace.json || fail "$run/trace.json"
    python3 events.py $run || fail "event files of $run"
  done
  # Negative controls: an event of another rank, one of another step, a changed byte.
  sed 's/"pid":2/"pid":1/' run/trace.json > bad.json
  python3 trace.py bad.json 2>/dev/null && fail "the check passes a trace of another rank"
  sed '/"name":"update"/s/"step":3/"step":4/' run/trace.json > bad.json
  python3 trace.py bad.json 2>/dev/null && fail "the check passes an update outside its step"
  mkdir -p bad/tensorboard && cp run/metrics.jsonl bad
  sed 's/train.loss/train.lass/' run/tensorboard/* > bad/tensorboard/events.out.tfevents.1.x
  python3 events.py bad 2>/dev/null && fail "the check passes a changed event file"
else
  echo "SKIPPED: trace and event files (python3 is not installed)"
fi
ranks 3 "$laconic" doctor > doctor.txt || fail "doctor with three ranks"
grep -q '^rank 2 ' doctor.txt && grep -q 'links .*3 pairs: .* us .* GB/s' doctor.txt || fail "doctor: $(cat doctor.txt)"
"$laconic" doctor > alone.txt || fail "doctor alone"
grep -q '^rank 0 ' alone.txt && ! grep -q '^links' alone.txt || fail "doctor alone: $(cat alone.txt)"
LACONIC_MAX_ISA=generic "$laconic" doctor | grep -q 'unset LACONIC_MAX_ISA' || fail "doctor sees no limit of the instruction set"
echo "a run can be watched"
