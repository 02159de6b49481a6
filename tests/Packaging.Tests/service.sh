#!/bin/bash
# In the machine of SystemdTests: the life of the service, as an administrator leads it. Says what it finds, a line each.
set -euo pipefail
fail() { echo "$*" >&2; journalctl -u tracecap --no-pager >&2 || true; exit 1; }

# What AppArmor has refused to the services so far.
denials() { journalctl --no-pager -o cat _TRANSPORT=kernel + _TRANSPORT=audit | grep 'apparmor="DENIED".* profile="tracecap-' || true; }
loaded() { grep -c '^tracecap-' /sys/kernel/security/apparmor/profiles || true; }

# Who connects: plain processes, a container, and one in a network namespace with a name. Nobody listens there: each is refused.
container=/sys/fs/cgroup/system.slice/docker-$(printf '%064d' 7).scope
mkdir "$container"
touch /run/netns/blue
unshare --net=/run/netns/blue /run/vmrun/busybox ifconfig lo up
connect() {
	for _ in {1..20}; do
		(exec 3<>/dev/tcp/127.0.0.1/9) 2>/dev/null || true
	done
	bash -c "echo \$\$ >$container/cgroup.procs; exec 3<>/dev/tcp/127.0.0.1/10" 2>/dev/null || true
	nsenter --net=/run/netns/blue bash -c 'exec 3<>/dev/tcp/127.0.0.1/11' 2>/dev/null || true
}
# And who is connected before anything is recorded.
perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 9, LocalAddr => "127.0.0.1:7000") or die; sleep' &
until { exec 5<>/dev/tcp/127.0.0.1/7000; } 2>/dev/null; do
	sleep 1
done

# What a capture tells of all these, but for what is another each time.
told() {
	tracecap replay --all --json "$1" |
		sed -E 's/"(time|[a-z_]*_ns|connection\.id|process\.pid|thread\.id|network\.local\.port|cpu\.logical_number|sequence)":[^,}]*,//g'
}

systemctl is-active --quiet tracecap && fail "it was started by nobody"
echo "not running before it is asked to"
systemctl start tracecap
systemctl is-active tracecap
pid=$(systemctl show -P MainPID tracecap)
grep -q '^CapPrm:	0*$' "/proc/$pid/status" && [[ $(stat -c %u "/proc/$pid") != 0 ]] && echo "its user has no capability left"
echo "confined by $(cat "/proc/$pid/attr/current")"

connect
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
echo "confined by $(cat "/proc/$(systemctl show -P MainPID tracecap-ship)/attr/current")"
systemctl enable --quiet tracecap && systemctl is-enabled tracecap
systemctl stop tracecap
tracecap verify /var/lib/tracecap/*.tcap >/dev/null
echo "stopped: complete"
# Ships of the same user, whose processes the recorder sees when it starts.
systemctl start tracecap
systemctl stop tracecap tracecap-ship
[[ -z $(denials) ]] || fail "denied: $(denials)"
echo "nothing was denied"

# The same connections without the profile, which must tell no more.
mkdir -p /run/systemd/system/tracecap.service.d
printf '[Service]\nAppArmorProfile=\n' >/run/systemd/system/tracecap.service.d/free.conf
systemctl daemon-reload
systemctl start tracecap
[[ $(cat "/proc/$(systemctl show -P MainPID tracecap)/attr/current") == unconfined ]] || fail "it is confined although nobody asked for it"
connect
systemctl stop tracecap
free=(/var/lib/tracecap/*.tcap)
diff <(told "${files[0]}") <(told "${free[-1]}") >&2 || fail "the profile changes what is recorded"
echo "without the profile: the same $(told "${free[-1]}" | wc -l) events"
rm -r /run/systemd/system/tracecap.service.d
systemctl daemon-reload

# Who asks for the profile writes where captures are, and nowhere else; who does not is not confined.
refusal=$(aa-exec -p tracecap-record -- tracecap record -o /root/x.tcap -d 1 2>&1) && fail "it was written: $refusal"
[[ ! -e /root/x.tcap && -n $(denials) ]] || fail "nothing was denied: $refusal"
grep -o '/root: .* there' <<<"$refusal" || fail "$refusal"
tracecap record --quiet -o /root/x.tcap -d 1 2>/dev/null
echo "by hand: $(basename /root/*.tcap)"

# The package loads what it brings, and takes it with it.
apparmor_parser --remove /usr/share/tracecap/apparmor.d
[[ $(loaded) == 0 ]] || fail "still loaded"
/var/lib/dpkg/info/tracecap.postinst configure ""
echo "profiles: $(loaded)"
systemctl start tracecap
dpkg --remove tracecap >/dev/null
systemctl is-active --quiet tracecap && fail "it still runs"
[[ ! -e /etc/systemd/system/multi-user.target.wants/tracecap.service ]] || fail "it is still enabled"
files=(/var/lib/tracecap/*.tcap)
echo "removed: ${#files[@]} files, $(loaded) profiles"
