#!/usr/bin/env bash
# A run folder reports its true state: verify sees the newest checkpoint, and a completed run stays
# unchanged. A failed start does not block the next one.
. "$(dirname "$0")/common.sh"
"$laconic" train "$tiny" run.dir=good >log 2>&1 || fail "train: $(cat log)"
newest=good/checkpoints/$(cat good/checkpoints/LATEST)

expect 0 "^$newest: intact" "$laconic" verify good
damaged() {
  rm -rf r
  cp -a good r
  place=r/${newest#good/} eval "$1"
  expect 66 'damaged$' "$laconic" verify r
  grep -aq "$2" log || fail "verify after $1: $(cat log)"
  grep -aq 'intact' log || fail "verify after $1 does not name the intact one: $(cat log)"
}
damaged 'truncate -s 100 $place/rank0.h5' 'rank0.h5: has 100 bytes'
damaged 'rm $place/rank0.h5' 'rank0.h5: cannot open'
damaged 'rm $place/manifest.json' 'manifest.json: cannot open'
damaged 'rm $place/*' 'manifest.json: cannot open'
damaged 'rm -r $place' 'LATEST: names step-[0-9]*, which is not there'
damaged ': >r/checkpoints/LATEST' 'LATEST: names no checkpoint'
damaged 'printf X | dd of=$place/rank0.h5 bs=1 seek=9000 conv=notrunc 2>/dev/null' 'rank0.h5: damaged: SHA-256'
expect 0 'checkpoint passed over' bash -c "rm $newest/rank0.h5.x 2>/dev/null; cp -a good s; rm s/${newest#good/}/rank0.h5; '$laconic' inspect --fingerprint s"

# A resume of a completed run changes nothing.
state() { find "$1" -type f -printf '%p %s %T@\n' | sort; }
state good >before
for more in '' 'run.max_steps=0'; do
  expect 0 'already complete at step' "$laconic" resume good $more
  ! grep -aq '^step ' log || fail "a line of progress: $(cat log)"
  state good | grep -v '^good/lock' | diff <(grep -v '^good/lock' before) - >&2 || fail "a resume of a completed run changed it"
done
expect 0 'already complete' "$laconic" train "$tiny" run.dir=good run.if_exists=resume
state good | grep -v '^good/lock' | diff <(grep -v '^good/lock' before) - >&2 || fail "a second start changed the completed run"

# If a start failed before its first step, the corrected command uses its folder.
expect 65 'none.h5' "$laconic" train "$tiny" run.dir=f data.source.format=hdf5 data.source.file=none.h5
grep -q '"failed"' f/outcome.json || fail "no outcome of the failed start"
expect 0 '' "$laconic" train "$tiny" run.dir=f run.max_steps=5
grep -q '"completed"' f/outcome.json || fail "not completed"
grep -q 'planted' f/config.yaml && ! grep -q 'none.h5' f/config.yaml || fail "the configuration of the failed start"
expect 73 'continue it with: laconic resume .*/f' "$laconic" train "$tiny" run.dir=f  # a run with results is kept

# Whatever fails while a run folder is made, a folder with an outcome has its configuration, too, so that it can be resumed.
for place in 1 2 3 4 5 6 7; do
  rm -rf made
  faulty "made open_write 5 $place 0" "$laconic" train "$tiny" run.dir=made train.epochs=1 >log 2>&1
  [ ! -e made/outcome.json ] || [ -e made/config.yaml ] || fail "place $place: an outcome without a configuration: $(cat log)"
  outcomes="${outcomes:-} $(ls made | tr '\n' ',')"
done
case $outcomes in *config.yaml*) ;; *) fail "no place lies after the configuration: $outcomes" ;; esac
