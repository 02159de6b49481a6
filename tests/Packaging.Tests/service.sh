#!/bin/bash
# In the machine of SystemdTests: the life of the service, as an administrator leads it. Says what it finds, a line each.
set -euo pipefail
fail() { echo "$*" >&2; journalctl -u tracecap --no-pager >&2 || true; exit 1; }
systemctl is-active --quiet tracecap && fail "it was started by nobody"
echo "not running before it is asked to"
systemctl start tracecap
systemctl is-active tracecap
pid=$(systemctl show -P MainPID tracecap)
grep -q '^CapPrm:	0*$' "/proc/$pid/status" && [[ $(stat -c %u "/proc/$pid") != 0 ]] && echo "its user has no capability left"

# Nobody listens there: each is refused.
for _ in {1..20}; do
	(exec 3<>/dev/tcp/127.0.0.1/9) 2>/dev/null || true
done
# What it has of the first file is complete once it has begun the next.
systemctl reload tracecap
files=()
until [[ ${#files[@]} -ge 2 ]]; do
	files=(/var/lib/tracecap/*.tcap)
done
echo "connections: $(tracecap replay --all --port 9 "${files[0]}" | grep -c '^F ')"
echo "reloaded: ${#files[@]} files"
# What ships them finds what docs/fleet.md has its administrator write, and a server that is not there is waited for.
install -d -m 700 /etc/tracecap
echo TRACECAP_FLEET=http://127.0.0.1:9 >/etc/tracecap/ship.env
echo secret | install -m 600 /dev/stdin /etc/tracecap/ship.password
systemctl start tracecap-ship
until journalctl -u tracecap-ship --no-pager | grep -q 'trying again'; do
	[[ $(systemctl show -P NRestarts tracecap-ship) == 0 ]] || { journalctl -u tracecap-ship --no-pager >&2; fail "tracecap-ship cannot begin"; }
done
echo "ships: waits for its server"
systemctl enable --quiet tracecap && systemctl is-enabled tracecap
systemctl stop tracecap
tracecap verify /var/lib/tracecap/*.tcap >/dev/null
echo "stopped: complete"
systemctl start tracecap
dpkg --remove tracecap >/dev/null
systemctl is-active --quiet tracecap && fail "it still runs"
[[ ! -e /etc/systemd/system/multi-user.target.wants/tracecap.service ]] || fail "it is still enabled"
files=(/var/lib/tracecap/*.tcap)
echo "removed: ${#files[@]} files"
