#!/usr/bin/python3
"""print.py [/usr/sbin/tcptracer-bpfcc] - what tcptracer's own code prints for events that no run brings together.

Writes events.ndjson and one .out per set of options beside itself. The Python tool's printing functions and header are
taken from the installed tool (bpfcc-tools 0.26) and run as they are. The rows of the libbpf tool are its format strings
(libbpf-tools 0.26), which Python's % on bytes fills in as C does: %.12s counts bytes, %.3f is correctly rounded as in
glibc. Only the time of an event before the first printed one is not the tool's: that wraps around.
"""
import ast, contextlib, io, json, os, random, struct, sys
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from types import SimpleNamespace

HERE = os.path.dirname(os.path.realpath(__file__))
TOOL = sys.argv[1] if len(sys.argv) > 1 else "/usr/sbin/tcptracer-bpfcc"
TYPES = {"C": (1, "tcp.connect"), "A": (2, "tcp.accept"), "X": (3, "tcp.close")}
COMMS = [b"", b"nginx", b"exactly15chars!", b" lead", b"trail ", b"a b  c", b"%s%n", b"back\\slash", b"tab\tnl\nend",
         b"cr\rlf", b"\x1b[31mred", b"\x7f\x01", "1234567890123é".encode(), "ü漢字né".encode(), "漢字漢字漢".encode(),
         "e\u0301\u200dx".encode(), "\u202etxt.exe".encode(), "\u0085\u2028x".encode(), "😀😀😀".encode(), b"\xff\xfe\x80raw",
         b"\xe6\xbc", b"a\xe6\xbcb\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xf5\xff\xc3",
         "12345678901é".encode(), "\ufffd\ufeff".encode()]
V6 = ["::", "::1", "::1.2.3.4", "::ffff:10.1.2.3", "::ffff:0:102:304", "::102", "fe80::1", "2001:db8::", "1:0:0:2::3",
      "1::2:0:0:3:4", "1:0:2:3:4:5:6:7", "64:ff9b::1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "fd00:1234:5678:9abc:def0:1234:5678:9abc"]


def make_events():
    r = random.Random(20)
    start = 5_000_000_123_456
    # Ties of the third decimal, exact and not; their neighbours; late events; beyond the width of the column.
    times = [0, 62_500_000, 187_500_000, 1_500_000, 2_500_000, 500_000, 1_499_999, 1_500_001, 999_999_999, 1_062_500_000,
             -1, -400_000, -62_500_000, -1_234_567_890, 99_999_999_499_999, 99_999_999_500_000, 123_456_789_012_345,
             8_589_934_592_000_500_000, 86_400 * 10**9 * 400 + 500_000]
    for i in range(400):
        comm = COMMS[i % len(COMMS)] if i < 3 * len(COMMS) else bytes(
            r.choice([r.randrange(1, 256), r.randrange(32, 127), *b"\xe2\x80\xaa\xc2\x85"]) for _ in range(r.randrange(16)))
        time = times[i] if i < len(times) else r.choice([r.randrange(10**11), 500_000 + 10**6 * r.randrange(10**5),
                                                         62_500_000 * r.randrange(10**4), -r.randrange(10**9)])
        v6 = r.random() < 0.5
        address = lambda: inet_ntop(AF_INET, r.randbytes(4)) if not v6 else \
            inet_ntop(AF_INET6, inet_pton(AF_INET6, r.choice(V6)) if r.random() < 0.7 else r.randbytes(16))
        port = lambda: r.choice([1, 22, 443, 8080, 65535, r.randrange(1, 65536)])
        yield SimpleNamespace(
            ts_ns=start + time, letter=r.choice("CAX"), pid=r.choice([1, 164, 99999, 999999, 4194304]), comm=comm,
            ip=6 if v6 else 4, saddr=address(), daddr=address(), sport=port(), dport=port(),
            netns=r.choice([4026531840, 4026532000 + r.randrange(999), 7]),
            uid=r.choice([0, 33, 1000, 65534, 100000, 1000000, 4294967294, 4294967295]))


def bcc(events, **options):
    """The tool's own code, without its BPF."""
    args = SimpleNamespace(timestamp=False, verbose=False, netns=0)
    vars(args).update(options)
    same = SimpleNamespace(event=lambda data: data)
    scope = {"args": args, "start_ts": 0, "pack": struct.pack, "inet_ntop": inet_ntop, "AF_INET": AF_INET,
             "AF_INET6": AF_INET6, "b": {"tcp_ipv4_event": same, "tcp_ipv6_event": same}}
    tree = ast.parse(open(TOOL).read())
    text = lambda node: ast.get_source_segment(open(TOOL).read(), node) or ""
    wanted = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name.startswith("print_")
              or isinstance(n, ast.Assign) and text(n).startswith("verbose_types")
              or isinstance(n, ast.Expr) and "Tracing TCP" in text(n)
              or isinstance(n, ast.If) and "TIME(ns)" in text(n)]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(ast.Module(wanted, []), TOOL, "exec"), scope)
        for e in events:
            pack = (lambda a: struct.unpack("I", inet_pton(AF_INET, a))[0]) if e.ip == 4 else \
                (lambda a: inet_pton(AF_INET6, a))
            event = SimpleNamespace(**{**vars(e), "type": TYPES[e.letter][0], "saddr": pack(e.saddr), "daddr": pack(e.daddr)})
            scope["print_ipv%d_event" % e.ip](0, event, 0)
    return out.getvalue().encode()


def libbpf(events, timestamp=False, uid=False):
    out = (b"%-9s" % b"TIME(s)" if timestamp else b"") + (b"%-6s" % b"UID" if uid else b"")
    out += b"%s %-6s %-12s %-2s %-16s %-16s %-4s %-4s\n" % (b"T", b"PID", b"COMM", b"IP", b"SADDR", b"DADDR", b"SPORT", b"DPORT")
    start = None
    for e in events:
        ts_us = e.ts_ns // 1000
        start = ts_us if start is None else start
        if timestamp:
            out += b"%-9.3f" % ((ts_us - start) / 1000000.0)
        if uid:
            out += b"%-6d" % (e.uid if e.uid < 2**31 else e.uid - 2**32)
        out += b"%c %-6d %-12.12s %-2d %-16s %-16s %-4d %-4d\n" % (
            e.letter.encode(), e.pid, e.comm, e.ip, e.saddr.encode(), e.daddr.encode(), e.sport, e.dport)
    return out


def ndjson(e):
    line = {"monotonic_ns": str(e.ts_ns), "event.name": TYPES[e.letter][1], "network.local.address": e.saddr,
            "network.local.port": e.sport, "network.peer.address": e.daddr, "network.peer.port": e.dport,
            "process.pid": e.pid, "thread.name.bytes": e.comm.hex(), "user.id": e.uid, "linux.netns": e.netns}
    return json.dumps(line).encode() + b"\n"


EVENTS = list(make_events())
for name, text in {
    "events.ndjson": b"".join(map(ndjson, EVENTS)),
    "bcc.out": bcc(EVENTS),
    "bcc-t.out": bcc(EVENTS, timestamp=True),
    "bcc-v.out": bcc(EVENTS, verbose=True),
    "bcc-v-t.out": bcc(EVENTS, verbose=True, timestamp=True),
    "bcc-v-N.out": bcc(EVENTS, verbose=True, netns=7),
    "libbpf.out": libbpf(EVENTS),
    "libbpf-t.out": libbpf(EVENTS, timestamp=True),
    "libbpf-t-U.out": libbpf(EVENTS, timestamp=True, uid=True),
}.items():
    open(HERE + "/" + name, "wb").write(text)
