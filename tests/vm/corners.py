#!/usr/bin/python3
"""corners.py CASE [ARGUMENT ...] - one connection that a tracer easily gets wrong
corners.py --all              - most of them at the same time, each in a network namespace that is made for it
corners.py --apart CASE ...   - these, in the same way

Each case is one process (and its children) on the loopback device of a network namespace of its own, where it may
set what it likes.  The name of the thread is the case's.
"""
import array, ctypes, errno, os, select, socket, struct, sys, threading

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SO_SNDBUFFORCE = 32
CASES = {}
# The first two wait to be told to go on; the last one leaves kretprobes no room for the accepts of anybody else.
NOT_BESIDE_OTHERS = "hold", "under_way", "many_waiting"


def case(function):
    CASES[function.__name__] = function
    return function


def rename(name):
    libc.prctl(15, name.encode(), 0, 0, 0)


def listener(address="127.0.0.1", protocol=0):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM, protocol)
    s.bind((address, 0))
    s.listen()
    return s


def await_accept(thread):
    """Until it waits in the call. Which function of the kernel that is in, 5.10 does not say; the numbers are those of x86-64 and arm64."""
    while open("/proc/self/task/%d/syscall" % thread.native_id).read().split()[0] not in ("43", "288", "202", "242"):
        pass


def client_of(l, protocol=0):
    s = socket.socket(l.family, socket.SOCK_STREAM, protocol)
    s.connect(l.getsockname())
    return s


def pair(address="127.0.0.1"):
    with listener(address) as l:
        return client_of(l), l.accept()[0]


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


@case
def plain(address="127.0.0.1", user="0"):
    os.setuid(int(user))
    c, s = pair(address); c.close(); s.close()


@case
def hold():
    """Holds a connection until told to close it."""
    c, s = pair()
    print("ready", flush=True)
    sys.stdin.readline()
    c.close(); s.close()


@case
def under_way(end="established"):
    """A connect to a network that is down, until told how it is to end."""
    ready, go = os.pipe()
    up, told = os.pipe()
    server = os.fork()
    if not server:
        assert not libc.unshare(0x40000000)  # CLONE_NEWNET
        os.write(go, b"x"); os.read(up, 1)
        l = socket.socket(); l.bind(("192.0.2.2", 9)); l.listen()
        assert not os.system("ip link set v1 up")
        l.accept()[0].close()
        os._exit(0)
    os.read(ready, 1)
    there = "nsenter --net=/proc/%d/ns/net ip " % server
    assert not os.system(" && ".join((
        "ip link add v0 type veth peer name v1 netns %d" % server, "ip addr add 192.0.2.1/24 dev v0", "ip link set v0 up",
        there + "link set v1 address 02:00:00:00:00:02", there + "addr add 192.0.2.2/24 dev v1",
        "ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0")))
    s = socket.socket()
    connect_to_silence(s)
    print("ready", flush=True)
    sys.stdin.readline()
    if end == "established":
        os.write(told, b"x")
        poll = select.poll(); poll.register(s, select.POLLOUT); poll.poll()
        s.setblocking(True)
        assert s.recv(1) == b""
    else:
        os.kill(server, 9)
    s.close()
    os.waitpid(server, 0)


@case
def unspec():
    """connect(AF_UNSPEC) takes the connection's ends away before the close."""
    c, s = pair()
    assert not libc.connect(c.fileno(), bytes(16), 16)
    c.close(); s.close()


@case
def self_connect():
    s = socket.socket()
    s.bind(("127.0.0.1", 0)); s.connect(s.getsockname()); s.close()


@case
def fast_open():
    """The connection is made by sendto, with data in the SYN."""
    with open("/proc/sys/net/ipv4/tcp_fastopen", "w") as f:
        f.write("%d" % (1 | 2 | 4 | 0x200 | 0x400))  # both ends, without cookies, for all listeners
    l, c = listener(), socket.socket()
    assert c.sendto(b"early", socket.MSG_FASTOPEN, l.getsockname()) == 5
    s = l.accept()[0]
    assert s.recv(5) == b"early"
    c.close(); s.close()


@case
def mptcp():
    l = listener(protocol=262)
    c = client_of(l, 262); s = l.accept()[0]
    c.send(b"x"); assert s.recv(1) == b"x"
    c.close(); s.close()


@case
def mptcp_to_plain():
    l = listener()
    c = client_of(l, 262); s = l.accept()[0]
    c.close(); s.close()


@case
def passed():
    """A descriptor sent to another process, which closes it last."""
    near, far = socket.socketpair()
    pid = os.fork()
    if not pid:
        rename("receiver")
        near.close()
        received = array.array("i", far.recvmsg(1, socket.CMSG_LEN(4))[1][0][2])
        assert far.recv(1) == b"y"  # the sender has closed its own
        os.close(received[0])
        os._exit(0)
    c, s = pair()
    near.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [c.fileno()]))])
    c.close(); near.send(b"y")
    assert os.waitpid(pid, 0)[1] == 0
    s.close()


@case
def exec_close():
    """The last copy of a descriptor closes in execve, under the new program's name."""
    c, s = pair()
    ready, go = os.pipe()
    pid = os.fork()
    if not pid:
        s.close()
        os.read(ready, 1)
        os.execv("/bin/true", ["true"])
    c.close(); os.write(go, b"x")
    assert os.waitpid(pid, 0)[1] == 0
    s.close()


@case
def dup3():
    """dup3 closes what it replaces."""
    c, s = pair()
    os.dup2(os.open("/dev/null", os.O_RDONLY), c.fileno(), inheritable=False)
    s.close()


@case
def reset_unaccepted():
    l = listener()
    reset(client_of(l))
    l.accept()[0].close()


@case
def bad_address():
    """The accept fails after it has accepted."""
    l = listener()
    c = client_of(l)
    assert libc.accept(l.fileno(), ctypes.c_void_p(8), ctypes.byref(ctypes.c_uint(16))) == -1
    assert ctypes.get_errno() == errno.EFAULT
    c.close()


@case
def bad_address_unix():
    path = "\0corners"
    with socket.socket(socket.AF_UNIX) as l, socket.socket(socket.AF_UNIX) as c:
        l.bind(path); l.listen(); c.connect(path)
        assert libc.accept(l.fileno(), ctypes.c_void_p(8), ctypes.byref(ctypes.c_uint(16))) == -1
        assert ctypes.get_errno() == errno.EFAULT


@case
def accept_that_never_was():
    """A filter of system calls says what an accept says that fails after it has accepted."""
    l = listener()
    numbers = {"x86_64": (43, 288), "aarch64": (202, 242)}[os.uname().machine]
    # Load the number of the call; for each of these return EFAULT; else allow it.
    program = b"".join(struct.pack("HBBI", *instruction) for instruction in [
        (0x20, 0, 0, 0), (0x15, 1, 0, numbers[0]), (0x15, 0, 1, numbers[1]), (0x06, 0, 0, 0x00050000 | errno.EFAULT), (0x06, 0, 0, 0x7FFF0000)])
    code = ctypes.create_string_buffer(program)
    filter = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, filter, 0, 0) == 0
    assert libc.accept(l.fileno(), None, None) == -1 and ctypes.get_errno() == errno.EFAULT


@case
def unread():
    c, s = pair(); c.send(b"never read"); s.close(); c.close()


@case
def half_closed():
    """The client's end comes when the server has closed too."""
    c, s = pair(); c.shutdown(socket.SHUT_WR); assert s.recv(1) == b""
    s.send(b"late"); s.close(); assert c.recv(5) == b"late"; c.close()


@case
def waited():
    """The server accepts late."""
    l = listener(); c = client_of(l)
    select.select([], [], [], 0.2)
    s = l.accept()[0]; c.close(); s.close()


@case
def linger_0():
    c, s = pair(); reset(c); s.close()


@case
def unsent():
    """A close leaves behind what the peer has no room for yet."""
    c, s = pair()
    s.setblocking(False)
    sent = 0
    try:
        while True:
            sent += s.send(bytes(1 << 16))
    except BlockingIOError:
        pass
    s.close()
    while c.recv(1 << 16):
        pass
    c.close()


@case
def user_timeout():
    """The peer is silent: TCP gives up while the program still has the descriptor."""
    with open("/proc/sys/net/ipv4/tcp_timestamps", "w") as f:
        f.write("0")
    c, s = pair()
    c.setsockopt(socket.IPPROTO_TCP, 18, 50)  # TCP_USER_TIMEOUT, in milliseconds
    assert not os.system("ip link set lo down")
    c.send(b"lost")
    poll = select.poll(); poll.register(c, 0); poll.poll()
    c.close(); reset(s)


@case
def reset_by_both():
    """Either end resets: the second one finds that it is over."""
    c, s = pair(); reset(c); reset(s)


@case
def dropped_after_close():
    """The client resets while the kernel still sends what the server has left."""
    l = listener()
    l.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 16_000_000)
    c = client_of(l); s = l.accept()[0]
    s.setblocking(False); s.send(b"x" * 6_000_000); s.close()
    c.recv(1000); c.close()  # unread data: a reset


@case
def killed():
    """The process dies, and its sockets close with it."""
    l = listener()
    pid = os.fork()
    if not pid:
        c = client_of(l)
        os.kill(os.getpid(), 9)
    s = l.accept()[0]
    os.waitpid(pid, 0)
    s.close()


@case
def refused_nonblocking():
    s = socket.socket()
    s.setblocking(False)
    assert s.connect_ex(("127.0.0.1", 1)) == 115  # EINPROGRESS
    s.close()


@case
def not_tcp():
    u, v = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
    u.bind(("127.0.0.1", 0)); v.connect(u.getsockname()); v.send(b"x"); u.recv(1); u.close(); v.close()
    path = "\0corners"
    with socket.socket(socket.AF_UNIX) as l:
        l.bind(path); l.listen()
        with socket.socket(socket.AF_UNIX) as c:
            c.connect(path); l.accept()[0].close()


@case
def refused_blocking():
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", 1)) == 111  # ECONNREFUSED


@case
def refused_port_0():
    with socket.socket() as s:
        assert s.connect_ex(("127.0.0.1", 0)) == 111


@case
def mptcp_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262) as s:
        assert s.connect_ex(("127.0.0.1", 1)) == 111


@case
def refused_twice():
    """A socket may try again."""
    with listener() as l, socket.socket() as s:
        for _ in range(2):
            assert s.connect_ex(("127.0.0.1", 1)) == 111
        s.connect(l.getsockname())
        l.accept()[0].close()


def silent_network():
    """192.0.2.2 never answers, and nobody else is there either."""
    assert not os.system("ip link add v0 type veth peer name v1 && ip addr add 192.0.2.1/24 dev v0 && "
                         "ip link set v0 up && ip link set v1 up && "
                         "ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0")
    for name, value in ("mcast_solicit", 1), ("retrans_time_ms", 100):
        with open("/proc/sys/net/ipv4/neigh/v0/" + name, "w") as f:
            f.write("%d" % value)


def connect_to_silence(s):
    s.setblocking(False)
    assert s.connect_ex(("192.0.2.2", 9)) == 115  # EINPROGRESS


@case
def given_up():
    silent_network()
    with socket.socket() as s:
        connect_to_silence(s)


@case
def given_up_by_exit():
    """The process is killed, and its sockets are closed for it."""
    silent_network()
    pid = os.fork()
    if not pid:
        s = socket.socket()
        connect_to_silence(s)
        os.kill(os.getpid(), 9)
    os.waitpid(pid, 0)


@case
def disconnected():
    silent_network()
    with socket.socket() as s:
        connect_to_silence(s)
        assert not libc.connect(s.fileno(), bytes(16), 16)


@case
def unreachable():
    silent_network()
    with socket.socket() as s:
        assert s.connect_ex(("192.0.2.3", 9)) == 113  # EHOSTUNREACH


@case
def rejected():
    """A router answers with an ICMP message, while the program is still in its call of connect."""
    ready, go = os.pipe()
    done, end = os.pipe()
    router = os.fork()
    if not router:
        assert not libc.unshare(CLONE_NEWNET)
        os.write(go, b"x"); os.read(done, 1)
        os._exit(0)
    os.read(ready, 1)
    there = "nsenter --net=/proc/%d/ns/net " % router
    assert not os.system(" && ".join((
        "ip link add v0 type veth peer name v1 netns %d" % router, "ip addr add 192.0.2.1/24 dev v0", "ip link set v0 up",
        there + "ip addr add 192.0.2.2/24 dev v1", there + "ip link set v1 up",
        there + "sysctl -q -w net.ipv4.ip_forward=1", there + "ip route add prohibit 198.51.100.0/24",
        "ip route add 198.51.100.0/24 via 192.0.2.2")))
    with socket.socket() as s:
        assert s.connect_ex(("192.0.2.2", 1)) == 111  # now each knows where the other is
    s = socket.socket()
    s.setblocking(False)
    assert s.connect_ex(("198.51.100.1", 9)) == 115
    poll = select.poll(); poll.register(s, select.POLLOUT); poll.poll(500)
    s.close()
    os.write(end, b"x"); os.waitpid(router, 0)


@case
def timed_out():
    silent_network()
    with socket.socket() as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
        assert s.connect_ex(("192.0.2.2", 9)) == 110  # ETIMEDOUT


@case
def keep_alive():
    """The peer falls silent, and the kernel notices."""
    assert not os.system("ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 && ip addr add 192.0.2.1/24 dev v0")
    l = listener("192.0.2.1")
    moved, quiet = os.pipe(), os.pipe()
    pid = os.fork()
    if not pid:
        assert not libc.unshare(CLONE_NEWNET)
        os.write(moved[1], b"x"); os.read(quiet[0], 1)
        assert not os.system("ip addr add 192.0.2.2/24 dev v1 && ip link set v1 up")
        c = socket.create_connection(l.getsockname())
        c.recv(1)
        # The client is not heard any more, whatever it says.
        assert not os.system("ip neigh replace 192.0.2.1 lladdr 02:00:00:00:00:99 dev v1")
        os.write(moved[1], b"x"); os.read(quiet[0], 1)
        c.close()
        os._exit(0)
    os.read(moved[0], 1)
    assert not os.system("ip link set v1 netns %d && ip link set v0 up" % pid)
    os.write(quiet[1], b"x")
    s = l.accept()[0]
    s.send(b"x")
    os.read(moved[0], 1)
    # The last also if the client was not heard so soon that there is something to send again.
    for option, value in (socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 1), (socket.TCP_USER_TIMEOUT, 2000):
        s.setsockopt(socket.IPPROTO_TCP, option, value)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    try:
        s.recv(1)
    except OSError as e:
        assert e.errno == errno.ETIMEDOUT
    s.close(); os.write(quiet[1], b"x")
    assert os.waitpid(pid, 0)[1] == 0


@case
def many_waiting():
    """More threads wait in accept than a kretprobe has room for."""
    count = 64
    l = listener()

    def accept():
        l.accept()[0].close()

    threads = [threading.Thread(target=accept) for _ in range(count)]
    for t in threads:
        t.start()
        await_accept(t)
    for _ in threads:
        client_of(l).close()
    for t in threads:
        t.join()


@case
def many_under_way():
    """Four connects at the same time to an address that nobody answers for."""
    silent_network()
    sockets = [socket.socket() for _ in range(4)]
    for s in sockets:
        connect_to_silence(s)


def run(name, *arguments):
    rename(name)
    CASES[name](*arguments)


def start_apart(name):
    pid = os.fork()
    if not pid:
        status = 1
        try:
            assert not libc.unshare(CLONE_NEWNET) and not os.system("ip link set lo up")
            run(name)
            status = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        os._exit(status)
    return pid


if __name__ == "__main__":
    if sys.argv[1:2] in (["--all"], ["--apart"]):
        names = sys.argv[2:] or [name for name in CASES if name not in NOT_BESIDE_OTHERS
                                 and (os.path.exists("/proc/sys/net/mptcp") or not name.startswith("mptcp"))]
        started = {name: start_apart(name) for name in names}
        failed = [name for name, pid in started.items() if os.waitpid(pid, 0)[1]]
        sys.exit("failed: " + " ".join(failed) if failed else 0)
    run(*sys.argv[1:])
