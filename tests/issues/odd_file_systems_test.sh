#!/usr/bin/env bash
# Calls that only tidy up, or show that a run is alive, may fail once or for ever. They cause a
# warning, and the run continues with the same bits. Calls that write data are tried again.
. "$(dirname "$0")/common.sh"
train() { rm -rf r; "$laconic" train "$tiny" run.dir=r "$@"; }
train >log 2>&1 || fail "train: $(cat log)"
wanted=$(fingerprint r)
EINTR=4 EBUSY=16 ESTALE=116 ENOTSUPP=524

# survives "CALLS ERRNO FIRST COUNT" PATTERN
survives() {
  rm -rf r
  faulty "r $1" expect 0 "${2:-}" "$laconic" train "$tiny" run.dir=r
  [ "$(fingerprint r)" = "$wanted" ] || fail "$1: another state"
}
survives "flock,fsync $ENOTSUPP 1 0" 'cannot be locked with flock'
survives "flock,futimens,unlink $EBUSY 1 0" 'tried again with every checkpoint'
[ "$(grep -c 'cannot touch' log)" = 1 ] || fail "not one warning, but one per step: $(cat log)"
for errno in $EINTR $ESTALE $EBUSY; do survives "rename,fsync,mkdir,open_write,stat,write $errno 9 2"; done

# If old checkpoints could not be removed, the next start removes them.
train run.max_steps=6 >log 2>&1
mkdir r/checkpoints/.trash-step-1
printf '\x89HDF' >r/checkpoints/.trash-step-1/rank0.h5
faulty "r/checkpoints unlink $EBUSY 1 0" "$laconic" resume r run.max_steps=9 >log 2>&1 || fail "resume: $(cat log)"
[ -e r/checkpoints/.trash-step-1 ] || fail "the fault was none"
"$laconic" resume r run.max_steps=0 >log 2>&1 || fail "resume: $(cat log)"
[ -z "$(find r/checkpoints -name '.*')" ] || fail "left over: $(ls -A r/checkpoints)"
[ "$(fingerprint r)" = "$wanted" ] || fail "another state"
