#!/bin/sh
# Runs a command under mpirun on hosts that are network namespaces of this machine, joined by a switch over links of
# a given rate: real TCP over a slow network, processors shared.
#
#   run.sh --hosts 8 --rate 100mbit [--counters] -- COMMAND...
#
# One rank a host. Every link is shaped at both ends by a token bucket; nothing is delayed beyond that. --counters says
# on standard error what passed each host's link. Needs root and iproute2, and takes down what it set up however it
# ends. Exit code: the command's; 77 where this machine cannot do it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../../scripts/environment.sh"

usage() {
    sed -n '5s/^# *//p' "$0" >&2
    exit 64
}
cannot() {
    echo "slow_network: $1" >&2
    exit 77
}

hosts=8 rate=100mbit counters=
while [ $# -gt 0 ]; do
    case $1 in
    --hosts) hosts=$2; shift 2 ;;
    --rate) rate=$2; shift 2 ;;
    --counters) counters=yes; shift ;;
    --) shift; break ;;
    *) usage ;;
    esac
done
[ $# -gt 0 ] || usage
[ "$(id -u)" = 0 ] || cannot "network namespaces need root"
command -v ip >/dev/null && command -v tc >/dev/null || cannot "needs ip and tc: apt-get install iproute2"

# The largest burst a link lets through at once must hold a large packet, and be small beside what is measured.
case $rate in
*gbit) burst=128kb ;;
*) burst=64kb ;;
esac

# The switch is a bridge in a namespace of its own, called eth0 so that mpirun, which runs there, can be told one name.
prefix=laconic-$$
scratch=$(mktemp -d)
export TMPDIR="$scratch" # of Open MPI's session directories
clean_up() {
    trap - EXIT INT TERM HUP
    for host in switch $(seq "$hosts"); do # mpirun first
        for process in $(ip netns pids "$prefix-$host" 2>/dev/null); do kill -9 "$process" 2>/dev/null || true; done
        ip netns delete "$prefix-$host" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap 'clean_up' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

in_host() { # HOST COMMAND...
    host=$1
    shift
    ip netns exec "$prefix-$host" "$@"
}
shape() { # HOST DEVICE
    in_host "$1" tc qdisc add dev "$2" root tbf rate "$rate" burst "$burst" latency 400ms ||
        cannot "the kernel has no token bucket (sch_tbf)"
}

ip netns add "$prefix-switch" || cannot "network namespaces are not allowed here"
in_host switch ip link set lo up
in_host switch ip link add eth0 type bridge || cannot "the kernel has no bridges"
in_host switch ip address add 10.77.0.254/24 dev eth0
in_host switch ip link set eth0 up
for number in $(seq "$hosts"); do
    ip netns add "$prefix-$number"
    in_host switch ip link add "port$number" type veth peer name eth0 netns "$prefix-$number"
    in_host switch ip link set "port$number" master eth0 up
    in_host "$number" ip address add "10.77.0.$number/24" dev eth0
    in_host "$number" ip link set eth0 up
    in_host "$number" ip link set lo up
    shape switch "port$number"
    shape "$number" eth0
    echo "10.77.0.$number slots=1" >>"$scratch/hosts"
done

# What mpirun starts instead of ssh: "enter 10.77.0.3 COMMAND" runs it on host 3, under a host name of its own, by which
# Open MPI keeps the hosts and their session directories apart.
cat >"$scratch/enter" <<EOF
#!/bin/sh
number=\${1##*.}
shift
exec ip netns exec $prefix-\$number unshare --uts sh -c "hostname $prefix-\$number; \$*"
EOF
chmod +x "$scratch/enter"

# In the background, so that a signal to this shell is not kept waiting by mpirun.
in_host switch mpirun -n "$hosts" --hostfile "$scratch/hosts" --map-by node \
    --mca plm rsh --mca plm_rsh_agent "$scratch/enter" --mca plm_rsh_no_tree_spawn 1 \
    --mca pml ob1 --mca btl tcp,self --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0 \
    --mca mpi_yield_when_idle 1 "$@" &
code=0
wait $! || code=$?

if [ -n "$counters" ]; then
    for number in $(seq "$hosts"); do
        in_host "$number" sh -c 'cd /sys/class/net/eth0/statistics; echo "$(cat tx_bytes) $(cat rx_bytes)"' |
            sed "s/\(.*\) \(.*\)/host $number: \1 bytes sent, \2 received/" >&2
    done
fi
exit "$code"
