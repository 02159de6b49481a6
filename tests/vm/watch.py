#!/usr/bin/python3
"""watch.py OUTDIR TRACECAP SET,... NAME=COMMAND... - make connections while recorders and tracers watch

Run as root inside vmrun.  The connections are those of traffic.py --netns, corners.py, edges.py, kernel_sockets.py and
servers.py.  TRACECAP records with each SET of probes into OUTDIR/SET.tcap, or what it says of a set that this kernel
refuses goes into OUTDIR/SET.refused; what each COMMAND (run by sh; the name
of a tcplife ends so) prints becomes OUTDIR/NAME.out.  Nothing is timed: a recorder says that it has
begun, and ends with all there is; for the others, connections with ports of their own
(17000-18999), made on every processor and for both kinds of addresses, show that a tracer has
begun, and at the end, since each of its buffers is in order, that it has printed everything.

Then each SET records two bursts of traffic.py into OUTDIR/SET-flood.tcap, with next to no room in its
ring; while the first one lasts, the recorders are stopped.
"""
import itertools, os, signal, socket, subprocess, sys, time

import corners, edges, kernel_sockets, traffic

HERE = os.path.dirname(os.path.realpath(__file__))
OUT = sys.argv[1]
SETS = sys.argv[3].split(",")
TRACERS = dict(argument.split("=", 1) for argument in sys.argv[4:])
numbers = itertools.count()


def file_of(name, kind):
    return "%s/%s.%s" % (OUT, name, kind)


def start(name, command):
    return subprocess.Popen(["sh", "-c", "exec " + command], stdin=subprocess.DEVNULL,
                            stdout=open(file_of(name, "out"), "wb"), stderr=open(file_of(name, "err"), "wb"),
                            env=dict(os.environ, PYTHONUNBUFFERED="1"))


def start_recorders(sets, suffix="", *options):
    """A recorder for each set of probes that this kernel takes, once all of them record."""
    recorders = {probes + suffix: start(probes + suffix, " ".join(
        [sys.argv[2], "record", "-o", file_of(probes + suffix, "tcap"), "--probes", probes, *options])) for probes in sets}
    return {name: process for name, process in recorders.items() if records(name, process)}


def end(processes):
    for process in processes.values():
        process.send_signal(signal.SIGINT)
    for name, process in processes.items():
        if process.wait() not in (0, -signal.SIGINT):
            sys.exit("%s: exit code %d: %s" % (name, process.returncode, open(file_of(name, "err")).read()))


def check_running(name, process):
    if process.poll() is not None:
        sys.exit("%s ended: %s" % (name, open(file_of(name, "err")).read()))


def records(name, process):
    while "recording to" not in open(file_of(name, "err")).read():
        if process.poll() is not None:
            os.rename(file_of(name, "err"), file_of(name, "refused"))
            return False
        time.sleep(0.05)
    return True


def mark():
    """One connection per processor and kind of address; their servers' ports."""
    ports = []
    for cpu in os.sched_getaffinity(0):
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, [cpu])
        for family, address in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
            port = 18000 + next(numbers) % 1000
            with socket.socket(family) as listener, socket.socket(family) as client:
                for s in listener, client:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, port)); listener.listen(); client.bind((address, port - 1000))
                client.connect((address, port))
                listener.accept()[0].close()
            ports.append(port)
        os.sched_setaffinity(0, before)
    return ports


def has_rows(name, port):
    """A tcptracer prints four rows of a mark, a tcplife one of each end."""
    rows = sum(b" %d " % port in line + b" " for line in open(file_of(name, "out"), "rb").read().split(b"\n"))
    return rows >= (2 if name.endswith("tcplife") else 4)


def wait_for_marks(tracers):
    """Until every tracer has printed all rows of each mark; a tracer that loses rows gets new marks."""
    waiting = set(tracers)
    while waiting:
        ports = mark()
        for _ in range(100):
            waiting = {name for name in waiting if not all(has_rows(name, port) for port in ports)}
            for name in waiting:
                check_running(name, tracers[name])
            if not waiting:
                break
            time.sleep(0.05)


def start_steps(*command):
    """A program that makes connections, stops for a line until they are recorded, and again until they are not."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def go_on(process):
    process.stdin.write("\n"), process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def finish(process):
    process.stdin.write("\n"), process.stdin.close()
    assert process.wait() == 0


# All of traffic.py, its namespaces, what begins before and ends after, and the servers' and clients' three.
CASES = len(traffic.CASES) + 1 + len(corners.CASES) - 2 + len(edges.CASES) + len(kernel_sockets.possible()) + 3
with open(OUT + "/cases", "w") as f:
    f.write("%d" % CASES)

steps = [start_steps(HERE + "/traffic.py", "--wait", "--netns", "--log", OUT + "/traffic.log", "--burst", "500"),
         start_steps(HERE + "/edges.py")]
recorders = start_recorders(SETS)
tracers = {name: start(name, command) for name, command in TRACERS.items()}
wait_for_marks(tracers)
for process in steps:
    go_on(process)
at_once = subprocess.Popen([HERE + "/corners.py", "--all"])
subprocess.run([HERE + "/servers.py"], check=True)
subprocess.run([HERE + "/kernel_sockets.py"], check=True)
assert at_once.wait() == 0
subprocess.run([HERE + "/corners.py", "--apart", "many_waiting"], check=True)
wait_for_marks(tracers)
end({**recorders, **tracers})
for process in steps:
    finish(process)

flooded = start_recorders(recorders, "-flood", "--buffer", "4096")
for pause in signal.SIGSTOP, signal.SIGCONT:
    for process in flooded.values():
        process.send_signal(pause)
    subprocess.run([HERE + "/traffic.py", "--log", "/dev/null", "--only", "burst", "--burst", "250"], check=True)
end(flooded)
