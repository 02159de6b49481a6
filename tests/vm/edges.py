#!/usr/bin/python3
"""edges.py - connections that a recording finds half made, and leaves half ended

Makes them, prints "ready" and waits for a line; goes on with them, prints "done" and waits for a line; ends them. Run as
root. Each case is a process by the name of the case, in network namespaces of its own.
"""
import ctypes, multiprocessing, os, socket, sys, threading

import corners

libc = ctypes.CDLL(None, use_errno=True)
CASES = []
PORT = 16000


def case(function):
    CASES.append(function)
    return function


def run(command):
    assert not os.system(command), command


class Link:
    """Two namespaces and a wire between them. What near sends is not heard until it joins."""

    def __init__(self):
        self.far = self.new_namespace()
        self.near = self.new_namespace()
        run("ip link add v0 type veth peer name v1 address 02:00:00:00:00:02 && "
            "ip link set v1 netns /proc/%d/fd/%d" % (os.getpid(), self.far))
        run("ip addr add 192.0.2.1/24 dev v0 && ip link set v0 up && "
            "ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:99 dev v0")
        self.enter(self.far)
        run("ip addr add 192.0.2.2/24 dev v1 && ip link set v1 up")
        self.enter(self.near)
        self.wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))  # ETH_P_ALL
        self.wire.bind(("v0", 0))

    @staticmethod
    def new_namespace():
        assert not libc.unshare(0x40000000)  # CLONE_NEWNET
        return os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)

    @staticmethod
    def enter(namespace):
        assert not libc.setns(namespace, 0)

    def listen(self):
        self.enter(self.far)
        l = socket.create_server(("192.0.2.2", PORT))
        self.enter(self.near)
        return l

    def connect(self):
        """A client whose SYN nobody hears."""
        s = socket.socket()
        s.setblocking(False)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 30)  # however long the recorders take to begin
        s.bind(("192.0.2.1", PORT + 1))
        assert s.connect_ex(("192.0.2.2", PORT)) == 115  # EINPROGRESS
        while not (frame := self.wire.recv(2000))[12:24:11] == b"\x08\x06":  # IPv4, TCP
            pass
        self.syn = b"\2\0\0\0\0\2" + frame[6:]
        return s

    def join(self, s):
        """From now on near is heard, and its SYN once more. The error that the connect gives."""
        run("ip neigh replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0")
        self.wire.send(self.syn)
        s.setblocking(True)
        try:
            s.send(b"x")
        except OSError as e:
            return e.errno


def pair():
    Link.new_namespace()
    run("ip link set lo up")
    l = socket.create_server(("127.0.0.1", PORT))
    c = socket.create_connection(l.getsockname())
    return l, c


@case
def under_way():
    link = Link(); l = link.listen(); c = link.connect()
    yield
    assert not link.join(c)
    s = l.accept()[0]; c.close(); s.close()
    yield


@case
def under_way_refused():
    link = Link(); c = link.connect()
    yield
    assert link.join(c) == 111  # ECONNREFUSED
    c.close()
    yield


@case
def under_way_given_up():
    c = Link().connect()
    yield
    c.close()
    yield


@case
def queued():
    l, c = pair()
    yield
    s = l.accept()[0]; c.close(); s.close()
    yield


@case
def waits_in_accept():
    """The call has begun when recording does. Who looks at its return alone does not see this one, as tcptracer does not."""
    Link.new_namespace()
    run("ip link set lo up")
    l = socket.create_server(("127.0.0.1", PORT))
    accepting = threading.Thread(target=lambda: l.accept()[0].close())
    accepting.start()
    corners.await_accept(accepting)
    yield
    socket.create_connection(l.getsockname()).close()
    accepting.join()
    yield


@case
def half_closed():
    l, c = pair(); s = l.accept()[0]
    s.close(); assert not c.recv(1)
    yield
    c.close()
    yield


@case
def left_under_way():
    """Begins while the recording goes on, and still tries when it ends."""
    yield
    c = Link().connect()
    yield
    c.close()


@case
def left_queued():
    yield
    l, c = pair()
    yield
    l.accept()[0].close(); c.close()


@case
def left_half_closed():
    yield
    l, c = pair(); s = l.accept()[0]
    s.close(); assert not c.recv(1)
    yield
    c.close()


def start(function):
    """Runs a case in a process, step by step, as told through a pipe."""
    near, far = multiprocessing.Pipe()

    def play():
        near.close()
        libc.prctl(15, function.__name__.encode(), 0, 0, 0)
        for _ in function():
            far.send(None)
            far.recv()

    process = multiprocessing.get_context("fork").Process(target=play)
    process.start()
    far.close()
    return process, near


def main():
    started = [start(function) for function in CASES]
    for word in "ready", "done":
        for _, pipe in started:
            pipe.recv()
        print(word, flush=True)
        sys.stdin.readline()
        for _, pipe in started:
            pipe.send(None)
    for process, _ in started:
        process.join()
    sys.exit(any(process.exitcode for process, _ in started))


if __name__ == "__main__":
    main()
