#!/usr/bin/env bash
# The report of real runs, whole, killed and damaged: well-formed, self-contained, all pictures there, nothing executed.
. "$(dirname "$0")/common.sh"
cat > check.py <<'P'
import re, sys, xml.etree.ElementTree as ET
text = open(sys.argv[1], encoding="utf-8").read()
page = ET.fromstring(text.replace("<!DOCTYPE html>", "", 1))
ids = [e.get("id") for e in page.iter() if e.get("id")]
assert len(ids) == len(set(ids)), "an id stands twice"
for element in page.iter():
    assert element.tag not in ("script", "link", "img", "iframe", "object", "embed", "base"), element.tag
    for name, value in element.attrib.items():
        assert not name.startswith("on"), name
        if name in ("href", "src"):
            assert value.startswith("data:text/csv;charset=utf-8,line,"), value[:60]
assert "http:" not in text and "https:" not in text and "url(" not in text and "@import" not in text
assert page.find(".//meta[@name='viewport']") is not None
plots = [e for e in page.iter("svg") if e.get("class") == "plot"]
assert len(plots) >= int(sys.argv[2]), f"{len(plots)} plots"
for plot in plots:
    assert any("var(--s" in e.get("stroke", "") for e in plot.iter("path")), "a plot without a curve"
    width, height = map(float, plot.get("viewBox").split()[2:])
    texts = [e for e in plot.iter("text")]
    assert len(texts) > 4 and sum(e.get("transform") is not None for e in texts) == 1, "axes without ticks and titles"
    for e in texts:
        if e.get("transform") is None:
            room = {"middle": 0.5, "end": 1}[e.get("text-anchor")] * 7.5 * len(e.text)
            assert 0 <= float(e.get("x")) - room and float(e.get("y")) <= height, f"clipped: {e.text}"
    for e in plot.iter("path"):
        for x, y in re.findall("[ML]([-0-9.]+) ([-0-9.]+)", e.get("d")):
            assert 0 <= float(x) <= width and 0 <= float(y) <= height, "a curve outside its plot"
assert len(plots) == len([e for e in page.iter("a") if e.get("class") == "csv"]), "a plot without its values"
titles = {e.text for e in page.iter("figcaption")}
assert {"Loss", "Accuracy", "Learning rate", "Gradient norm", "Accuracy over time", "Throughput"} <= titles, titles
P
"$laconic" train "$planted" run.dir=one >/dev/null || fail "training"
ranks 2 "$laconic" train "$planted" run.dir=two comm.allreduce=oktopk comm.density=0.1 comm.auto_dense=false optimizer.kind=sgd >/dev/null || fail "training with two ranks"
LACONIC_FAULT=train.step:20 "$laconic" train "$planted" run.dir=killed >/dev/null 2>&1 && fail "the fault point did not kill"
head -c -9 killed/metrics.jsonl > cut.jsonl && mv cut.jsonl killed/metrics.jsonl
hostile='h"o<s>t&i'\''l`touch pwned`$(touch pwned);%d\n'
cp -r one "$hostile"
mkdir no_run
"$laconic" report one -o one.html >/dev/null || fail "report of one run"
"$laconic" report one two killed "$hostile" no_run --out all.html 2>err.txt >/dev/null || fail "report: $(cat err.txt)"
grep -q 'no_run: no run folder' err.txt || fail "a folder that is no run: $(cat err.txt)"
if command -v python3 >/dev/null; then
  python3 check.py one.html 8 || fail "the page of one run"
  python3 check.py all.html 10 || fail "the page of all runs"
  # Negative controls: the check sees a resource of the network and a page that is not well-formed.
  sed 's|</body>|<p style="background:url(https://example.org/x.png)"/></body>|' one.html > bad.html
  python3 check.py bad.html 0 2>/dev/null && fail "the check passes a resource of the network"
  sed 's|</section>||' one.html > bad.html
  python3 check.py bad.html 0 2>/dev/null && fail "the check passes a broken page"
else
  echo "SKIPPED: form of the page (python3 is not installed)"
fi
grep -q 'status killed' all.html || fail "a killed run is not told"
grep -q 'is cut off' all.html || fail "a line that was cut off is not told"
grep -q 'comm.allreduce' all.html || fail "differences of the configurations"
[ -z "$(find . -name pwned)" ] || fail "a name was executed"
# Seeds: one line with a band; the trial with the best mean is named.
"$laconic" train "$planted" run.dir=seed2 seed=2 >/dev/null || fail "another seed"
"$laconic" report one seed2 two -o seeds.html >/dev/null || fail "report of seeds"
grep -q 'one (2 seeds)' seeds.html && grep -q 'Best of 2: <b>' seeds.html && grep -q 'fill-opacity' seeds.html || fail "seeds are not grouped"
"$laconic" report nowhere >/dev/null 2>err.txt; [ $? -eq 65 ] || fail "a path that is not there"
"$laconic" report no_run >/dev/null 2>err.txt; [ $? -eq 65 ] || fail "nothing to report"
echo "the report holds"
