# shellcheck shell=bash
# Sourced by the job scripts. It finds the files, starts the ranks, and decides whether a run that
# ended should be continued. Variables that users may set:
#   LACONIC_HOME        the folder that contains slurm/ (default: that of the submitted script)
#   LACONIC             the executable
#   LACONIC_SITE        the name of a file in slurm/site/
#   LACONIC_MAX_STARTS  the largest number of starts per run folder
laconic=${LACONIC:-}
for place in "$LACONIC_HOME/build/cpu/bin" "$LACONIC_HOME/../../bin"; do  # of a checkout, of an installed tree
  [ -n "$laconic" ] || [ ! -x "$place/laconic" ] || laconic=$place/laconic
done
laconic=${laconic:-laconic}
again=false
launch=() arguments=()  # the launcher, set by the site; see choose_run
# shellcheck source=slurm/site/generic.sh
. "$LACONIC_HOME/slurm/site/${LACONIC_SITE:-generic}.sh"

# Older versions of Slurm do not set the end of the job, which laconic uses.
if [ -z "${SLURM_JOB_END_TIME:-}" ]; then
  end=$(date -d "$(squeue -h -j "$SLURM_JOB_ID" -o %e)" +%s 2>/dev/null) && export SLURM_JOB_END_TIME=$end
fi

field() { sed -n "s/^ *\"$1\": \"\{0,1\}\([^\",]*\).*/\1/p" "$run/outcome.json" 2>/dev/null; }
newest() { cat "$run/checkpoints/LATEST" 2>/dev/null || echo nothing; }  # the newest checkpoint

# choose_run CONFIG.yaml [key=value ...]
# Sets `run`, the run folder, and adds it to `arguments`. Its default name contains the number of
# the job, which a requeue keeps.
choose_run() {
  local argument
  run=
  for argument in "$@"; do case $argument in run.dir=*) run=${argument#run.dir=} ;; esac; done
  arguments=("$@")
  [ -n "$run" ] || { run=$SLURM_SUBMIT_DIR/runs/$(basename "$1" .yaml)-$SLURM_JOB_ID && arguments+=("run.dir=$run"); }
}

print_world() {
  echo "== $(date -u +%FT%TZ) job $SLURM_JOB_ID ($SLURM_JOB_NAME), restart ${SLURM_RESTART_COUNT:-0}"
  echo "nodes     $SLURM_JOB_NODELIST: $SLURM_NTASKS ranks, ${SLURM_CPUS_PER_TASK:-1} CPUs each"
  echo "ends      ${SLURM_JOB_END_TIME:+$(date -u -d "@$SLURM_JOB_END_TIME" +%FT%TZ)}"
  echo "program   $("$laconic" --version), $laconic"
  echo "launcher  ${launch[*]}"
  echo "run       $run, from $(newest)"
  echo "disk      $(df -h --output=avail,iavail,target "$(dirname "$run")" 2>/dev/null | tail -n 1) (free bytes, inodes)"
}

# start COMMAND...
# Runs the command, and appends where it began to RUN.starts. Sets `code`, its exit code, and
# `again`: whether the run should be continued in another job.
# shellcheck disable=SC2034
start() {
  local before
  mkdir -p "$(dirname "$run")" && before=$(field started)
  echo "$(date -u +%FT%TZ) $SLURM_JOB_ID ${SLURM_RESTART_COUNT:-0} $SLURM_JOB_NODELIST $(newest)" >> "$run.starts"
  "$@"
  code=$? again=false
  # The run's own code is better than the launcher's, if this start has written one.
  if [ "$(field started)" != "$before" ] && [ "$(field status)" != running ]; then code=$(field code); fi
  # srun may return 0 for a step that it could not launch. A sweep folder has no outcome.json.
  if [ "$code" = 0 ] && [ ! -e "$run/trials.tsv" ] && [ "$(field status)" != completed ]; then code=76; fi
  echo "== $(date -u +%FT%TZ) ended with code $code: $(field status) at step $(field step), newest $(newest)"
  # 75: stopped with a checkpoint. 76: a rank died. Other codes of laconic: another start would not
  # help. All others: the run was killed.
  case $code in 75 | 76) ;; 0 | 6? | 7?) return ;; esac
  [ ! -e "$run/stop" ] || { echo "not again: $run/stop is there"; return; }
  [ "$(wc -l < "$run.starts")" -lt "${LACONIC_MAX_STARTS:-100}" ] || { echo "not again: too many starts"; return; }
  [ "$(tail -n 2 "$run.starts" | grep -c " $(newest)\$")" -lt 2 ] || { echo "not again: two starts without progress"; return; }
  again=true
}
