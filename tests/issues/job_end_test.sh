#!/usr/bin/env bash
# A SLURM_JOB_END_TIME that is empty, 0, in the past or a word ends neither a run nor a start.
. "$(dirname "$0")/common.sh"
for odd in '' 0 1000000000 tomorrow 4294967295; do
  rm -rf run
  expect 0 '' env SLURM_JOB_END_TIME="$odd" "$laconic" train "$tiny" run.dir=run run.max_steps=1
  case $odd in
    1000000000) grep -q 'SLURM_JOB_END_TIME=1000000000 is over' log || fail "no warning of a time that is over" ;;
    tomorrow) grep -q 'SLURM_JOB_END_TIME=tomorrow is no time' log || fail "no warning of a word" ;;
    '' | 0 | 4294967295) ! grep -q SLURM_JOB_END_TIME log || fail "a warning of '$odd'" ;;
  esac
done
