#!/usr/bin/python3
"""deserted.py BY - holds a connection of a network namespace that no process is in, until told to close it

BY says what leads there beside the sockets: file, descriptor, thread, nothing.
"""
import ctypes, os, socket, subprocess, sys, threading

libc = ctypes.CDLL(None, use_errno=True)
NEWNET = 0x40000000
by = sys.argv[1]
kept = []


def connect():
    assert not libc.unshare(NEWNET)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    own = "/proc/thread-self/ns/net"
    if by == "descriptor":
        kept.append(os.open(own, os.O_RDONLY))
    if by == "file":
        open("/run/netns/deserted", "w").close()
        subprocess.run(["mount", "--bind", own.replace("thread-self", str(os.getpid())), "/run/netns/deserted"], check=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept.append(socket.create_connection(listener.getsockname()))
        kept.append(listener.accept()[0])


def live():
    connect()
    ready.set()
    done.wait()


if by == "thread":
    ready, done = threading.Event(), threading.Event()
    living = threading.Thread(target=live)
    living.start()
    ready.wait()
else:
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    connect()
    assert not libc.setns(home, NEWNET)
print("ready", flush=True)
sys.stdin.readline()
for one in kept[-2:]:
    one.close()
if by == "thread":
    done.set()
