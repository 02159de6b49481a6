#!/usr/bin/env bash
# Makes the captures of this folder anew, or those that are named, on this host; as root, with nginx, wrk, curl, redis, node, ssh and
# python3 installed. TRACECAP names the executable. All of it happens in a network namespace of its own, which is what is recorded.
set -euo pipefail
tracecap=$(realpath "${TRACECAP:?the tracecap executable}")
only=" $* "
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")"
traffic=$PWD/traffic.py
scratch=$(mktemp -d)
here=findings-$$ there=findings-far-$$
started=()

tidy() {
	for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
	ip netns del "$here" 2>/dev/null || true
	ip netns del "$there" 2>/dev/null || true
	rm -rf "$scratch"
}
trap tidy EXIT

within() { ip netns exec "$here" "$@"; }

# start COMMAND...: runs it in the namespace until the capture is done; its pid is in $started.
start() {
	ip netns exec "$here" "$@" &
	started+=($!)
}

# listens PORT: waits until something does.
listens() { until within ss -Hltn "sport = :$1" | grep -q .; do sleep 0.05; done; }

# record NAME EVENTS COMMAND...
record() {
	local name=$1 events=$2 said
	[[ $only == "  " || $only == *" $name "* ]] || return 0
	shift 2
	ip netns add "$here"
	within ip link set lo up
	started=()
	coproc recorder { exec "$tracecap" record --force -o "$name.tcap" -n "$events" --comment "$name" -N "$(stat -Lc %i "/run/netns/$here")" 2>&1; }
	local pid=$!
	exec 3<&"${recorder[0]}"
	read -r said <&3
	[[ $said == *"recording to"* ]] || { echo "$said" >&2; exit 1; }
	"$@"
	sleep 1
	kill -INT "$pid" 2>/dev/null || true # or it had all it wanted
	cat <&3
	wait "$pid" || true
	for one in "${started[@]}"; do kill "$one" 2>/dev/null || true; done
	for one in "${started[@]}"; do wait "$one" 2>/dev/null || true; done
	started=()
	ip netns del "$here"
}

nginx_server() {
	mkdir -p "$scratch/logs"
	cat >"$scratch/nginx.conf" <<-END
	daemon off; pid $scratch/nginx.pid; worker_processes 2;
	events { worker_connections 256; }
	http { access_log off; keepalive_requests 1000000; server { listen 127.0.0.1:18080; location / { return 200 "ok\n"; } } }
	END
	start nginx -p "$scratch" -e "$scratch/error.log" -c "$scratch/nginx.conf"
	listens 18080
}

nginx_keepalive() {
	nginx_server
	for _ in 1 2 3 4 5; do within curl -s http://127.0.0.1:18080/ >/dev/null; sleep 0.3; done
	within wrk -t 2 -c 64 -d 5s http://127.0.0.1:18080/ >/dev/null
	for _ in 1 2 3 4 5; do within curl -s http://127.0.0.1:18080/ >/dev/null; sleep 0.3; done
}

nginx_close() {
	nginx_server
	within wrk -t 2 -c 10 -d 2s -H 'Connection: close' http://127.0.0.1:18080/ >/dev/null
}

redis() {
	start redis-server --port 16379 --save '' --dir "$scratch"
	listens 16379
	within redis-benchmark -p 16379 -q -c 50 -n 20000 -t set,get,incr,lpush,lpop,sadd,hset,mset >/dev/null
	for i in 1 2 3 4 5 6 7 8; do within redis-cli -p 16379 set "key$i" "$i" >/dev/null; sleep 0.2; done
	within timeout 3 redis-cli -p 16379 subscribe news >/dev/null || true
}

node_server() {
	start node traffic.js serve 18081
	listens 18081
	within node traffic.js get 18081
}

ssh_sessions() {
	mkdir -p "$scratch/ssh" /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/ssh/host"
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/ssh/user"
	cp "$scratch/ssh/user.pub" "$scratch/ssh/authorized"
	chmod 700 "$scratch/ssh"
	start /usr/sbin/sshd -D -p 10022 -o ListenAddress=127.0.0.1 -h "$scratch/ssh/host" -o AuthorizedKeysFile="$scratch/ssh/authorized" -o StrictModes=no -o PidFile=none -o UsePAM=no
	listens 10022
	local to=(ssh -q -i "$scratch/ssh/user" -p 10022 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1)
	for command in true uname 'sleep 2' hostname id 'sleep 1' true; do within "${to[@]}" "$command" >/dev/null; sleep 0.3; done
	head -c 3000000 /dev/zero | within "${to[@]}" 'cat >/dev/null'
}

# far_hosts TRAFFIC ADDRESS: six hosts beyond a veth pair, of which one does not listen.
far_hosts() {
	ip netns add "$there"
	ip link add far netns "$here" type veth peer name near netns "$there"
	within ip link set far up
	within ip addr add 10.9.0.100/24 dev far
	ip netns exec "$there" ip link set near up
	for host in 1 2 3 4 5 6; do ip netns exec "$there" ip addr add "10.9.0.$host/24" dev near; done
	mkfifo "$scratch/hold"
	ip netns exec "$there" python3 "$traffic" far-hosts "$2" <"$scratch/hold" &
	exec 4>"$scratch/hold"
	until [[ $(ip netns exec "$there" ss -Hltn 'sport = :15432' | wc -l) -ge 5 ]]; do sleep 0.05; done
	within python3 "$traffic" "$1"
	exec 4>&-
	wait $!
	rm "$scratch/hold"
	ip netns del "$there"
}

traffic() { within python3 "$traffic" "$@"; }

record nginx-keepalive 1000000 nginx_keepalive
record nginx-close 4000 nginx_close
record redis 1000000 redis
record node 1000000 node_server
record ssh 1000000 ssh_sessions
record idle 1000000 traffic idle
record outage 1000000 traffic outage
record crash-loop 1000000 traffic crash-loop
record backlog 1000000 traffic backlog
record stopped 1000000 traffic stopped
record one-of-six-refuses 1000000 far_hosts one-refuses 10.9.0.4
