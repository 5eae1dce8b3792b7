#!/usr/bin/env bash
# A sweep on this machine: planned, run in a pool with trials that fail and one that is killed, retried, each trial resumed by itself.
. "$(dirname "$0")/common.sh"
cat > s.yaml <<Y
name: pool
base: $planted
folder: pool
jobs: 2
grid: {optimizer.lr: [0.01, 0.02]}
list:
  - {seed: 1}
  - {seed: 2, data.source.format: hdf5, data.source.file: late.h5}
  - {seed: 3}
Y
{ cat "$planted"; echo 'checkpoint: {every_epochs: 1}'; } > base.yaml && sed -i "s|^base: .*|base: base.yaml|" s.yaml  # so that late.h5 is looked for here
status() { "$laconic" sweep status pool; }

sed 's/0.02/-1/' s.yaml > bad.yaml
"$laconic" sweep plan bad.yaml >/dev/null 2>err.txt && fail "an invalid trial was planned"
grep -q 'bad.yaml:5:29: optimizer.lr' err.txt || fail "no position: $(cat err.txt)"
[ ! -e pool ] || fail "an invalid sweep made a folder"
"$laconic" sweep plan s.yaml >/dev/null || fail plan
status | grep -q ': 6 waiting$' || fail "status of a plan: $(status)"

# Trial 2 dies in its third epoch, behind a checkpoint, trials 1 and 4 have no graph yet; the others do not mind.
cat > launch.sh <<L
#!/usr/bin/env bash
case "\$*" in *trials/2.yaml) [ -e pool/trials/2 ] || export LACONIC_FAULT=train.step:14 ;; esac
exec "$mpiexec" "$np" 2 "\$@"
L
chmod +x launch.sh
"$laconic" sweep run pool --launch ./launch.sh >out.txt 2>err.txt
code=$?
[ $code -eq 65 ] || fail "run: code $code: $(cat err.txt)"
status | grep -q ': 3 done 1 killed 2 failed$' || fail "after run: $(status; cat err.txt)"
status | grep -q 'not done: 1-2,4; go on with: laconic sweep retry ' || fail "advice: $(status)"
"$laconic" data build "$planted" late.h5 >/dev/null || fail "data build"
"$laconic" sweep run pool --launch ./launch.sh >/dev/null 2>&1 || fail "run goes on with what was killed"
status | grep -q ': 4 done 2 failed$' || fail "failed trials are run only by retry: $(status)"
grep -q 'resumed .*step-\(6\|12\)' pool/trials/2.log || fail "the killed trial did not resume: $(cat pool/trials/2.log)"
"$laconic" sweep retry pool --launch ./launch.sh >/dev/null 2>&1 || fail "retry"
status | grep -q ': 6 done$' || fail "after retry: $(status)"
[ "$(grep -o 'trials/[0-5]' pool/report.html | sort -u | wc -l)" -eq 6 ] || fail "the page does not show all trials"
"$laconic" sweep report pool -o page.html >/dev/null 2>&1 || fail "sweep report"
[ -s page.html ] || fail "sweep report wrote no page"
# The killed trial has the bits of one that was not.
"$mpiexec" "$np" 2 "$laconic" train pool/trials/2.yaml run.dir=alone >/dev/null 2>&1 || fail "trial 2 alone"
[ "$("$laconic" inspect --fingerprint alone)" = "$("$laconic" inspect --fingerprint pool/trials/2)" ] || fail "the killed trial differs"
"$laconic" sweep run pool --launch false >/dev/null 2>&1 || fail "nothing is left to run"

# Trials that cannot even write their outcome (a full disk): the code is that of their processes.
printf '#!/bin/sh\nexit 74\n' > full.sh && chmod +x full.sh
sed 's/folder: pool/folder: full/' s.yaml > full.yaml
"$laconic" sweep run full.yaml --launch ./full.sh >/dev/null 2>err.txt; code=$?
[ $code -eq 74 ] || fail "trials without an outcome: code $code: $(cat err.txt)"
# A signal stops the running trials with checkpoints and starts no others.
printf 'name: long\nbase: base.yaml\nfolder: long\ngrid: {seed: [1, 2, 3]}\nlist: [{train.epochs: 1000000}]\n' > long.yaml
"$laconic" sweep run long.yaml >/dev/null 2>long.txt &
pid=$!
until [ -s long/trials/0/metrics.jsonl ]; do sleep 0.05; kill -0 $pid 2>/dev/null || fail "the pool ended: $(cat long.txt)"; done
kill -TERM $pid
wait $pid
code=$?
[ $code -eq 75 ] || fail "a pool that was stopped: code $code: $(cat long.txt)"
"$laconic" sweep status long | grep -q ': 2 waiting 1 stopped$' || fail "after a signal: $("$laconic" sweep status long)"
"$laconic" sweep submit --print long -- --nodes=2 | grep -q 'sbatch --array=0-2 --nodes=2 .*sweep_array.sbatch .*/long$' || fail "submit"
"$laconic" sweep status --watch pool | grep -q '6 done' || fail "watch ends when all have ended"
# What was planned stays: another table is refused, a changed trial too.
sed -i 's/0.02/0.03/' s.yaml
"$laconic" sweep plan s.yaml >/dev/null 2>err.txt && fail "a sweep was planned over another"
grep -q 'planned already' err.txt || fail "$(cat err.txt)"
echo '# touched' >> pool/trials/0.yaml
status >/dev/null 2>err.txt && fail "a changed trial was not noticed"
grep -q 'was changed after it was planned' err.txt || fail "$(cat err.txt)"
echo "a sweep runs, fails, retries and stops, trial by trial"
