#!/usr/bin/env bash
# Makes the captures of this folder anew, on this host; as root. Afterwards: UPDATE_GOLDENS=1, run the tests of the
# command, and read what changed in the goldens. TRACECAP names the executable.
set -euo pipefail
tracecap=$(realpath "${TRACECAP:?the tracecap executable}")
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")"
scratch=$(mktemp -d)
trap 'kill "${recorder_PID:-}" 2>/dev/null || true; rm -rf "$scratch"' EXIT

# record NAME COMMENT EVENTS COMMAND...: what the command does, from the moment the probes are attached, but no more
# than so many events.
record() {
	local name=$1 comment=$2 events=$3 said
	shift 3
	coproc recorder { exec "$tracecap" record --force -o "$name.tcap" -n "$events" --comment "$comment" 2>&1; }
	local pid=$!
	exec 3<&"${recorder[0]}" # the shell forgets its own once the recorder has ended
	read -r said <&3
	[[ $said == *"recording to"* ]] || { echo "$said" >&2; exit 1; }
	"$@"
	kill -INT "$pid" 2>/dev/null || true # or it had all it wanted
	cat <&3
	wait "$pid"
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

"$tracecap" import tcptracer-example/events.ndjson --force -o tcptracer-example.tcap \
	--comment "the rows of Debian's tcptracer_example.txt"
record traffic "tests/vm/traffic.py --netns --burst 50" 1000000 traffic
record nginx "nginx with two workers on loopback, five runs of curl, then wrk with 10 connections" 9000 nginx_and_wrk
