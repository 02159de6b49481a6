#!/usr/bin/env python3
"""Traffic with one fault each, for record.sh; it ends by itself."""
import signal
import socket
import subprocess
import sys
import threading
import time

SERVER = """
import socket, sys, time
address, port, backlog, pause = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
listener = socket.create_server((address, port), backlog=backlog)
print("ready", flush=True)
while True:
    one, _ = listener.accept()
    one.sendall(b"hello\\n")
    one.close()
    time.sleep(pause)
"""


def serve(address, port, backlog=128, pause=0.0):
    """A server in a process of its own, which listens when this returns."""
    server = subprocess.Popen([sys.executable, "-c", SERVER, address, str(port), str(backlog), str(pause)], stdout=subprocess.PIPE)
    server.stdout.readline()
    return server


def ask(address, port, timeout=5.0):
    """Connects, and reads what there is to read."""
    try:
        with socket.create_connection((address, port), timeout) as one:
            while one.recv(100):
                pass
    except OSError:
        pass


def every(seconds, until, action):
    """Does something again and again."""
    start = time.monotonic()
    turn = 0
    while (now := time.monotonic()) - start < until:
        action(now - start)
        turn += 1
        time.sleep(max(0.0, start + turn * seconds - time.monotonic()))


def name(comm):
    with open("/proc/self/comm", "w", encoding="ascii") as own:
        own.write(comm)


def outage():
    """A database that is away from second 5 to second 8 of 15, while its client tries on."""
    server = serve("127.0.0.1", 15432)
    name("shop")
    state = {"server": server}

    def turn(at):
        if state["server"] is not None and 5 <= at < 8:
            state["server"].kill()
            state["server"].wait()
            state["server"] = None
        if state["server"] is None and at >= 8:
            state["server"] = serve("127.0.0.1", 15432)
        ask("127.0.0.1", 15432)

    every(0.04, 15, turn)
    state["server"].kill()


def crash_loop():
    """A worker that tries again every 200 ms, to a port where nobody listens."""
    name("worker")
    every(0.2, 10, lambda _: ask("127.0.0.1", 15672))


def backlog():
    """A server that is too slow to accept: its queue is full, and SYNs are sent again."""
    server = serve("127.0.0.1", 18000, backlog=2, pause=0.25)
    name("loader")
    threads = [threading.Thread(target=ask, args=("127.0.0.1", 18000, 30.0)) for _ in range(40)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    server.kill()


def stopped():
    """A server that is stopped after 6 seconds, while clients go on."""
    server = serve("127.0.0.1", 18001, backlog=8)
    name("client")
    threads = []

    def turn(at):
        if at >= 6 and not stopped_already:
            server.send_signal(signal.SIGSTOP)
            stopped_already.append(True)
        one = threading.Thread(target=ask, args=("127.0.0.1", 18001, 1.5))
        one.start()
        threads.append(one)

    stopped_already = []
    every(0.1, 12, turn)
    for one in threads:
        one.join()
    time.sleep(0.5)
    server.kill()


def idle():
    """Two connections on which hardly anything happens."""
    listener = socket.create_server(("127.0.0.1", 18003))
    kept = []
    for _ in range(2):
        client = socket.create_connection(("127.0.0.1", 18003))
        kept += [client, listener.accept()[0]]
        time.sleep(1)
    time.sleep(5)


HOSTS = [f"10.9.0.{host}" for host in range(1, 7)]


def far_hosts(but=""):
    """Servers on all of them but one."""
    servers = [serve(host, 15432) for host in HOSTS if host != but]
    sys.stdin.read()
    for one in servers:
        one.kill()


def one_refuses():
    """Six hosts of one service in turn, whichever of them listens."""
    name("balancer")
    for _ in range(30):
        for host in HOSTS:
            ask(host, 15432)
        time.sleep(0.1)


globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])
