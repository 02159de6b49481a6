#!/usr/bin/env bash
# Makes the captures of this folder anew, or those that are named, on this host; as root. Afterwards: UPDATE_GOLDENS=1, run the tests of the
# command, and read what changed in the goldens. TRACECAP names the executable.
set -euo pipefail
tracecap=$(realpath "${TRACECAP:?the tracecap executable}")
only=" $* "
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")"
scratch=$(mktemp -d)
# What else the host does is nobody's business: what is recorded runs in a cgroup of its own, and has a name by that.
groups=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)/samples.slice
trap 'kill "${recorder_PID:-}" 2>/dev/null || true; rm -rf "$scratch"; rmdir "$groups"/*/*.* "$groups"/*.service "$groups" 2>/dev/null || true' EXIT

wanted() { [[ $only == "  " || $only == *" $1 "* ]]; }

# record NAME COMMENT EVENTS "OPTIONS" COMMAND...: what the command does, from the moment the probes are attached, but no more
# than so many events. A connection is open before that, and closed after.
record() {
	local name=$1 comment=$2 events=$3 options=$4 group=$groups/$1.service said
	wanted "$name" || return 0
	shift 4
	mkdir -p "$group"
	mkfifo "$scratch/hold" "$scratch/held"
	(
		echo "$BASHPID" >"$group/cgroup.procs"
		exec ../../tests/vm/corners.py hold <"$scratch/hold" >"$scratch/held"
	) &
	local holder=$!
	exec 4>"$scratch/hold" 5<"$scratch/held"
	read -r said <&5
	# shellcheck disable=SC2086 # options are several words
	coproc recorder { exec "$tracecap" record --force -o "$name.tcap" -n "$events" --comment "$comment" --cgroup "$group" $options 2>&1; }
	local pid=$!
	exec 3<&"${recorder[0]}" # the shell forgets its own once the recorder has ended
	read -r said <&3
	[[ $said == *"recording to"* ]] || { echo "$said" >&2; exit 1; }
	(
		echo "$BASHPID" >"$group/cgroup.procs"
		"$@"
	)
	echo >&4
	wait "$holder"
	exec 4>&- 5<&-
	kill -INT "$pid" 2>/dev/null || true # or it had all it wanted
	cat <&3
	wait "$pid"
	rm "$scratch/hold" "$scratch/held"
}

traffic() {
	no_traffic 2>/dev/null
	../../tests/vm/traffic.py --netns --burst 50 --log "$scratch/traffic.log"
	no_traffic
}

no_traffic() {
	ip netns del tt || true
	ip addr del 10.202.210.1/32 dev lo || true
}

# A server with two workers, and a load of short connections.
nginx_and_wrk() {
	mkdir -p "$scratch/logs"
	cat >"$scratch/nginx.conf" <<-END
	daemon on; pid $scratch/nginx.pid; worker_processes 2;
	events { worker_connections 256; }
	http { access_log off; server { listen 127.0.0.1:18080; keepalive_requests 20; location / { return 200 "ok\n"; } } }
	END
	nginx -p "$scratch" -e "$scratch/error.log" -c "$scratch/nginx.conf"
	for _ in 1 2 3 4 5; do curl -s http://127.0.0.1:18080/ >/dev/null; done
	wrk -t 2 -c 10 -d 1s -H 'Connection: close' http://127.0.0.1:18080/ >/dev/null
	nginx -p "$scratch" -e "$scratch/error.log" -c "$scratch/nginx.conf" -s stop
}

# More connections at once than the ring has room for.
burst() {
	python3 - <<-'END'
		import socket, struct
		listener = socket.create_server(("127.0.0.1", 0))
		for _ in range(400):
		    client = socket.create_connection(listener.getsockname())
		    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		    server = listener.accept()[0]
		    client.close(); server.close()
	END
}

# Some clients, each in a unit or a container of its own, and servers in a network namespace that is not recorded.
incident() {
	wanted incident || return 0
	no_shop 2>/dev/null
	ip netns add shop
	ip link add shop0 type veth peer name shop1 netns shop
	ip addr add 10.77.0.1/24 dev shop0
	ip link set shop0 up
	ip netns exec shop ip addr add 10.77.0.2/24 dev shop1
	ip netns exec shop ip link set shop1 up
	mkfifo "$scratch/shop" "$scratch/serving"
	ip netns exec shop ./incident.py serve <"$scratch/shop" >"$scratch/serving" &
	local pid=$!
	exec 6>"$scratch/shop" 7<"$scratch/serving"
	read -r <&7
	record incident "samples/captures/incident.py: a database that is down for five seconds, and other trouble" 1000000 "" use_shop
	exec 6>&- 7<&-
	kill "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	no_shop
}

use_shop() {
	echo >&6
	./incident.py use "$groups/incident.service"
}

no_shop() {
	ip link del shop0 || true
	ip netns del shop || true
}

wanted tcptracer-example && "$tracecap" import tcptracer-example/events.ndjson --force -o tcptracer-example.tcap \
	--comment "the rows of Debian's tcptracer_example.txt"
record traffic "tests/vm/traffic.py --netns --burst 50" 1000000 "" traffic
# With the two ends that are open before: 9,000.
record nginx "nginx with two workers on loopback, five runs of curl, then wrk with 10 connections" 8998 "" nginx_and_wrk
record lossy "400 connections, as fast as they come, and a ring of one page" 1000000 "--buffer 4096" burst
incident
wanted ends && "$tracecap" record --force -o ends.tcap --comment "samples/captures/ends.py: a connection for each way in which TCP ends" -- ./ends.py
