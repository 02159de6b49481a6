#!/usr/bin/python3
"""watch.py OUTDIR NAME=COMMAND... - run traffic.py --netns while tracers watch

Run as root inside vmrun.  Each COMMAND is run by sh; its standard output becomes OUTDIR/NAME.out.
In a command, {} is OUTDIR.  Nothing is timed: connections with ports of their own (17000-18999),
made on every processor and for both kinds of addresses, show that a tracer has begun, and at the
end, since each of its buffers is in order, that it has printed everything.
"""
import itertools, os, signal, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.realpath(__file__))
OUT = sys.argv[1]
COMMANDS = dict(argument.split("=", 1) for argument in sys.argv[2:])
numbers = itertools.count()


def start(name):
    return subprocess.Popen(["sh", "-c", "exec " + COMMANDS[name].replace("{}", OUT)],
                            stdin=subprocess.DEVNULL, stdout=open("%s/%s.out" % (OUT, name), "wb"),
                            stderr=open("%s/%s.err" % (OUT, name), "wb"), env=dict(os.environ, PYTHONUNBUFFERED="1"))


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


def rows_of(name, ports):
    text = open("%s/%s.out" % (OUT, name), "rb").read()
    return {port: sum(b" %d " % port in line + b" " for line in text.split(b"\n")) for port in ports}


def wait_for_marks(running):
    """Until every tracer has printed the four rows of each mark; a tracer that loses rows gets new marks."""
    waiting = set(running)
    while waiting:
        ports = mark()
        for _ in range(100):
            waiting = {name for name in waiting if any(n < 4 for n in rows_of(name, ports).values())}
            for name in waiting:
                if running[name].poll() is not None:
                    sys.exit("%s ended: %s" % (name, open("%s/%s.err" % (OUT, name)).read()))
            if not waiting:
                break
            time.sleep(0.05)


traffic = subprocess.Popen([HERE + "/traffic.py", "--wait", "--netns", "--log", OUT + "/traffic.log", "--burst", "500"],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
assert traffic.stdout.readline() == "ready\n"
running = {name: start(name) for name in COMMANDS}
wait_for_marks(running)
traffic.stdin.write("\n"), traffic.stdin.flush()
assert traffic.stdout.readline() == "done\n"
wait_for_marks(running)
for process in running.values():
    process.send_signal(signal.SIGINT)
for name, process in running.items():
    if process.wait() not in (0, -signal.SIGINT):
        sys.exit("%s: exit code %d: %s" % (name, process.returncode, open("%s/%s.err" % (OUT, name)).read()))
traffic.stdin.write("\n"), traffic.stdin.close()
assert traffic.wait() == 0
