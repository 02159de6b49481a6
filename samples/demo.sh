#!/usr/bin/env bash
# Shows the main job: records live traffic where this kernel and user allow it, else takes a recorded capture; then
# replays it as a table, sums it up and draws it. TRACECAP names the executable.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
tracecap=$(realpath "${TRACECAP:?the tracecap executable}")
out=$here/../out/demo
mkdir -p "$out"
cd "$out"
capture=demo.tcap

step() { printf '\n\033[1m%s\033[0m\n' "\$ $*"; }
[[ -t 1 && -z ${NO_COLOR:-} ]] || step() { printf '\n%s\n' "\$ $*"; }

# A server, and twenty clients one after another, on loopback.
traffic() {
	python3 - <<-'END'
	import http.server, threading, urllib.request
	class Quiet(http.server.SimpleHTTPRequestHandler):
	    def log_message(self, *_): pass
	server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	for _ in range(20):
	    urllib.request.urlopen("http://127.0.0.1:%d/" % server.server_port).read()
	server.shutdown()
	END
}

step tracecap record -o demo.tcap
coproc recorder { exec "$tracecap" record --force -o "$capture" 2>&1; }
recorder_pid=$!
exec 3<&"${recorder[0]}" # the shell forgets its own once the recorder has ended
read -r said <&3 || said=
echo "$said"
if [[ $said == *"recording to"* ]]; then
	traffic
	kill -INT "$recorder_pid"
	cat <&3
	wait "$recorder_pid"
else
	cp "$here/captures/nginx.tcap" "$capture"
	echo "This user and kernel cannot record; shown instead: samples/captures/nginx.tcap"
fi

step tracecap replay demo.tcap -t
"$tracecap" replay "$capture" -t | sed -n '1,14p'

step tracecap info demo.tcap
"$tracecap" info "$capture"

step tracecap summary demo.tcap
"$tracecap" summary "$capture"

step tracecap plot lifetime demo.tcap -o lifetime.png
"$tracecap" plot lifetime "$capture" -o lifetime.png --force
step tracecap plot timeline demo.tcap -o timeline.svg --theme dark
"$tracecap" plot timeline "$capture" -o timeline.svg --theme dark --force
step tracecap report demo.tcap -o report.html
"$tracecap" report "$capture" -o report.html --force
printf '\nto look at, in %s: lifetime.png, timeline.svg, report.html\n' "$(realpath --relative-to "$here/.." .)"
