# shellcheck shell=bash
# Sourced: a Slurm of two nodes on this machine, of its own in everything: configuration, keys, ports, sockets, state in $work.
# A node is a slurmd in a PID and a mount namespace of its own: killing it kills whatever runs on it, as when a node is lost, and
# nothing outlives it; a directory of its own lies over the one that both would use for PMIx.
work=$(mktemp -d /tmp/laconic_slurm.XXXXXX)
export SLURM_CONF=$work/slurm.conf
declare -A daemon=()

skip() { echo "SKIPPED: $*"; exit 77; }
fail() {
  echo "FAIL: $*" >&2
  squeue 2>&1; sinfo 2>&1
  tail -n 30 "$work"/*.log "$work"/*.out 2>/dev/null
  exit 1
}
stop_slurm() {
  for name in n1 n2 slurmctld munged; do
    [ -z "${daemon[$name]:-}" ] || kill -9 "${daemon[$name]}" 2>/dev/null
  done
  wait 2>/dev/null
  rm -rf "$work" 2>/dev/null || { sleep 1; rm -rf "$work"; }  # a node may still be writing its last line
}
until_true() {  # until_true SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}

start_node() {  # start_node NAME
  rm -rf "$work/pmix.$1" "$work/spool.$1"  # a node that comes back has forgotten its steps
  mkdir -p "$work/pmix.$1" "$work/spool.$1"
  # --kill-child: the namespace dies with the process that is known here.
  unshare --mount --pid --fork --mount-proc --kill-child bash -c "mount --bind '$work/pmix.$1' '$work/pmix' && exec slurmd -D -N $1" \
    > "$work/$1.stdout.log" 2>&1 &
  daemon[$1]=$!
}
kill_node() { kill -9 "${daemon[$1]}"; wait "${daemon[$1]}" 2>/dev/null; }
nodes_idle() { [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" -eq 2 ]; }

start_slurm() {
  [ "$(id -u)" -eq 0 ] || skip "needs root, for daemons and namespaces"
  for program in munged slurmctld slurmd srun sbatch unshare; do
    command -v $program >/dev/null || skip "no $program (scripts/install_packages.sh slurm-wlm munge)"
  done
  unshare --mount --pid --fork --mount-proc true 2>/dev/null || skip "no namespaces here"
  local port=$((20000 + RANDOM % 20000))
  mkdir "$work/state" "$work/pmix"
  chmod 755 "$work"
  dd if=/dev/urandom of="$work/munge.key" bs=1024 count=1 status=none
  chmod 400 "$work/munge.key"
  cat > "$SLURM_CONF" <<C
ClusterName=laconic_test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
# cred_expire: a job that was requeued waits so long before it starts again; 5 is the least.
AuthInfo=socket=$work/munge.socket,cred_expire=5
StateSaveLocation=$work/state
SlurmctldPidFile=$work/slurmctld.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdSpoolDir=$work/spool.%n
SlurmdPidFile=$work/slurmd.%n.pid
SlurmdLogFile=$work/slurmd.%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=2,bf_interval=2
SlurmdTimeout=5
KillWait=2
ReturnToService=2
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
NodeName=n1 NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2
NodeName=n2 NodeHostname=$(hostname) NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=2
PartitionName=test Nodes=n1,n2 Default=YES MaxTime=INFINITE
C
  echo "PMIxCliTmpDirBase=$work/pmix" > "$work/mpi.conf"
  munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munged.pid" \
    --log-file="$work/munged.log" --seed-file="$work/munge.seed" > "$work/munged.stdout.log" 2>&1 &
  daemon[munged]=$!
  until_true 10 test -S "$work/munge.socket" || fail "munged does not start"
  slurmctld -D -i > "$work/slurmctld.stdout.log" 2>&1 &
  daemon[slurmctld]=$!
  start_node n1
  start_node n2
  until_true 30 nodes_idle || fail "the nodes do not come up"
}
