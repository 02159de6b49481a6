#!/usr/bin/env python3
"""Reads a capture as connections: computes what `tracecap lifetimes`, `churn` and `summary` say.

    tracecap replay --json --all FILE | analysis.py SUMMARY INFO [EVERY]

SUMMARY is a file with what `tracecap summary --json FILE` printed: of it only `recordings` is used, which says when was recorded and
when events were lost. INFO is one of `tracecap info --json FILE`: its `clocks`. EVERY is the length of an interval in nanoseconds.
Prints one JSON object a line: {"row": ...} for each connection, {"interval": ...} for each interval, {"all": ...}, and
{"group": ...} for each service and process.

Written from docs/analysis.md, docs/json.md and the clocks of docs/format.md alone, to show that they suffice. Each rule is one function.
The capture is of one recording: one boot of one host, or several hosts merged.
"""

import calendar
import ipaddress
import json
import re
import sys
from collections import Counter, defaultdict, deque

SECOND = 1_000_000_000
SEGMENT = 65_535  # as many bytes of payload at most
WAIT = 120 * 10**9  # as long an end is waited for after a close
WAITING = 65_536  # as many wait at once
UNACCEPTED = 4096  # ends of connections that nobody had accepted
SKEW = 60 * 10**9  # by so much the clocks of merged hosts may be apart
LINGERING_OF_HOSTS = 65_536  # the next, of a merged capture
LINGERING = 4096  # sockets closed alone that are still looked for
HOST_BITS = 48  # of a merged capture's connection ids
MANY = 50_000  # of more rows some groups are left out, for the sake of time

OPENINGS = {"tcp.connect": "client", "tcp.accept": "server"}

TASK = ["process.pid", "container.pid", "linux.pidns", "thread.id", "thread.name.bytes", "thread.name"]
OWNER = TASK + [
    "user.id", "linux.mntns", "linux.cgroup.id", "linux.cgroup.path", "container.id", "container.runtime.name", "k8s.pod.uid", "systemd.unit"]
SOCKET = [
    "network.type", "network.local.address", "network.local.port", "network.peer.address", "network.peer.port", "connection.id", "linux.netns",
    "linux.netns.id", "linux.netns.name", "host.name"]
FAILURE = ["error.number", "error.type"]
CLOSE = [
    "network.connection.state", "sent_bytes", "acked_bytes", "received_bytes", "sent_segments", "received_segments", "retransmits", "smoothed_rtt_us"]

ORDERLY_END = {"closed", "half_closed"}
FIN_ACKED = {"fin_wait_2", "time_wait"}
FIN_RECEIVED = {"close_wait", "last_ack", "closing", "time_wait"}


# Times

def nanoseconds(text):
    """RFC 3339 in UTC, as nanoseconds since 1970."""
    day, fraction = text[:-1].split(".")
    numbers = [int(number) for number in re.split("[-T:]", day)]
    return calendar.timegm((*numbers, 0, 0, 0)) * SECOND + int(fraction)


def time_of_day(time):
    seconds, fraction = divmod(time, SECOND)
    days, seconds = divmod(seconds, 86400)
    # The calendar of 400 years, counted from March of the year 0.
    days += 719468
    era, day = divmod(days, 146097)
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    date = (year + era * 400 + (month >= 10), month + (-9 if month >= 10 else 3), day - (153 * month + 2) // 5 + 1)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%09dZ" % (*date, seconds // 3600, seconds // 60 % 60, seconds % 60, fraction)


def leaves_out_ends(selection):
    """Whether a cut kept only events of types among which TCP's end is not."""
    words = selection.split(" ")
    return "--type" in words and "E" not in words[words.index("--type") + 1]


class Recording:
    """What was recorded when, and what was lost of it."""

    def __init__(self, summary, info):
        recordings = summary["recordings"]
        assert len(recordings) == 1, "one recording is needed"
        recording = recordings[0]
        self.host = recording["host"]
        self.origin = int(recording["origin_monotonic_ns"])
        self.start = int(recording["start_monotonic_ns"])
        self.end = int(recording["end_monotonic_ns"])
        self.losses = [(int(loss["from_monotonic_ns"]), int(loss["to_monotonic_ns"]), loss.get("events_at_most")) for loss in recording["losses"]]
        self.gaps = [(int(gap["from_monotonic_ns"]), int(gap["to_monotonic_ns"])) for gap in recording["gaps"]]
        # All of its sections are of one recorder.
        self.awaits_ends = any(
            section.get("options", {}).get("ended") == "recorded" and not any(map(leaves_out_ends, section.get("selection", [])))
            for section in info["sections"])
        self.is_merged = any(len(section.get("hosts", [])) > 1 for section in info["sections"])
        self.clocks = sorted(
            (int(clock["monotonic_ns"]), nanoseconds(clock["realtime"])) for section in info["sections"] for clock in section["clocks"])

    def unknown(self):
        """When events may be missing: they were lost, or nothing was recorded."""
        return [(start, end) for start, end, _ in self.losses] + self.gaps

    def wall(self, monotonic):
        """The clock of the latest time not after it, else the first."""
        clock = None
        for one in self.clocks:
            if clock is None or one[0] <= monotonic:
                clock = one
        return None if clock is None else monotonic + clock[1] - clock[0]


# Sockets

def endpoint(event, side):
    address = ipaddress.ip_address(event["network.%s.address" % side])
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address, event["network.%s.port" % side]


ENDPOINTS = {}


def endpoints(event):
    """Local and peer; IPv4 written as IPv6 is IPv4."""
    key = (event["network.local.address"], event["network.local.port"], event["network.peer.address"], event["network.peer.port"])
    if key not in ENDPOINTS:
        ENDPOINTS[key] = endpoint(event, "local"), endpoint(event, "peer")
    return ENDPOINTS[key]


def is_loopback(address):
    return address.is_loopback


def is_one_namespace(netns, netns_id, other, other_id):
    """The number of one that is gone is used again, its cookie is not."""
    return netns == other and (netns_id == other_id or "0" in (netns_id, other_id))


class Socket:
    """From the event that showed it first."""

    def __init__(self, event, role, opened, number):
        self.event, self.role, self.opened, self.number = event, role, opened, number
        self.id = int(event["connection.id"])
        self.local, self.peer = endpoints(event)
        self.netns, self.netns_id = event["linux.netns"], event.get("linux.netns.id", "0")
        self.opposite = None
        self.is_open = True  # not closed, and not gone
        self.is_given = False
        self.is_waiting = False
        self.close = None  # while its end is waited for
        self.end = None  # before its close
        self.is_opening_seen = True
        self.seen = 0

    def is_same(self, event):
        """Whether an event may be of this socket where one of both has no cookie."""
        return (self.local, self.peer) == endpoints(event) and is_one_namespace(
            self.netns, self.netns_id, event["linux.netns"], event.get("linux.netns.id", "0"))

    def is_opposite(self, other):
        """Whether the other is the other end of the same connection."""
        is_one_host = self.id >> HOST_BITS == other.id >> HOST_BITS
        return self.local == other.peer and self.peer == other.local and (
            (is_one_host and is_one_namespace(self.netns, self.netns_id, other.netns, other.netns_id)) or not is_loopback(self.local[0]))


def how_tcp_ended(end):
    """By the state that it ended from, and its error then."""
    error = end.get("error.type")
    if error is not None:
        return {"ECONNRESET": "reset_received", "EPIPE": "reset_received", "ECONNABORTED": "aborted"}.get(error, "timed_out")
    state = end.get("network.connection.state")
    if state in ("established", "fin_wait_1", "close_wait"):
        return "reset_sent"
    if state in ("last_ack", "closing"):
        return "closed"
    if state == "fin_wait_2":
        return "closed" if "fin_received" in end.get("flags", []) else "half_closed"
    return None


def ending_of(close, role):
    """How a socket ended, by its close, and whether that is assumed: reset, unless its FIN was acknowledged."""
    if close.get("network.connection.state") != "closed" or close["network.peer.port"] == 0:
        return "closed", False
    sent, acked = close["sent_bytes"], close["acked_bytes"]
    payload = max(sent - SEGMENT * close["retransmits"], 1 if sent else 0)
    least_syn, most_syn = {"client": (1, 1), "server": (0, 0)}.get(role, (0, 1))
    if acked > sent + most_syn:
        return "closed", False
    if acked <= payload + least_syn:
        return "reset", False
    return "closed" if close["retransmits"] == 0 else "reset", True


def may_join(socket, other):
    """Whether a socket that was just found can be joined with one that was there before."""
    if socket.local == socket.peer:
        return False  # it is connected to itself
    if socket.role != "client":
        return socket.role == "unknown" or other.role != socket.role
    # What is there before a client's end is of an earlier connection, but for clocks that are apart, and for two SYNs that crossed.
    is_one_host = socket.id >> HOST_BITS == other.id >> HOST_BITS
    latest = other.opened + (0 if is_one_host else SKEW)
    if other.role == "server":
        return not is_one_host and socket.opened <= latest
    connect = socket.event.get("connect_ns", 0)
    return other.role == "client" and (socket.opened - min(connect, socket.opened) <= latest if connect else other.is_open)


def copy(row, event, keys, prefix=""):
    for key in keys:
        if key in event:
            row[prefix + key] = event[key]


class Tracker:
    """Makes connections of events in the order of time."""

    def __init__(self, recording):
        self.recording = recording
        self.sockets = 0
        self.by_id = {}
        self.by_ends = defaultdict(list)  # open ones and those that linger, the last one last
        self.failed = set()
        self.connecting = {}  # connects that were under way when recording began
        self.waiting = deque()  # closed, and not seen to end; also some that were
        self.waits = 0
        self.unaccepted = {}
        self.unaccepted_order = deque()
        self.closed_alone = deque()
        self.rows = []

    def add(self, event):
        time = int(event["monotonic_ns"])
        while self.waiting and (self.waiting[0].is_given or time > int(self.waiting[0].close["monotonic_ns"]) + WAIT):
            self.give_unfinished(self.waiting.popleft())
        kind = event["event.name"]
        if kind in OPENINGS:
            self.open(event, OPENINGS[kind])
        elif kind == "tcp.open":
            self.find(event)
        elif kind == "tcp.close":
            self.close(event)
        elif kind == "tcp.ended":
            self.tcp_ended(event)
        elif kind == "tcp.connect_failed":
            self.fail(event)

    # Pairing

    def by_cookie(self, event):
        return self.by_id.get(int(event["connection.id"])) if event["connection.id"] != "0" else None

    def open_by_cookie(self, event):
        """One that was closed has no event but its end after that."""
        socket = self.by_cookie(event)
        if socket is not None and socket.close is not None:
            self.give_unfinished(socket)
            return None
        return socket

    def by_endpoints(self, event):
        has_none = event["connection.id"] == "0"
        for socket in reversed(self.by_ends[frozenset(endpoints(event))]):
            if socket.is_open and (has_none or socket.id == 0) and socket.is_same(event):
                return socket
        return None

    def forget_failed(self, event):
        """Whether the event is of a socket whose connect has failed; it is so no more."""
        had_failed = event["connection.id"] in self.failed
        self.failed.discard(event["connection.id"])
        return had_failed

    # Events

    def open(self, event, role):
        before = self.open_by_cookie(event)
        if before is None and not self.forget_failed(event):
            before = self.by_endpoints(event)
        if before is not None:
            self.end_unseen(before, event)
        time = int(event["monotonic_ns"])
        if role == "server":
            socket = self.new(event, role, time - min(event.get("accept_ns", 0), time))
            socket.end = self.unaccepted.pop(event["connection.id"], None)
        else:
            self.new(self.with_task(event), role, time)

    def with_task(self, event):
        """Of a connect that was under way the task is known from then."""
        before = self.connecting.pop(event["connection.id"], None)
        if before is None or event["process.pid"] != 0:
            return event
        return {**{key: value for key, value in event.items() if key not in OWNER}, **{key: before[key] for key in OWNER if key in before}}

    def find(self, event):
        socket = self.open_by_cookie(event)
        if socket is None and event["connection.id"] in self.failed:
            return
        if socket is None and event.get("network.connection.state") == "syn_sent":
            self.connecting.setdefault(event["connection.id"], event)
            return
        socket = socket or self.by_endpoints(event)
        if socket is None:
            self.new(event, "unknown", self.beginning(event))
        else:
            socket.seen = int(event["monotonic_ns"])

    def close(self, event):
        if "connect_failed" in event.get("flags", []):
            self.forget_failed(event)
            self.connecting.pop(event["connection.id"], None)
            return
        socket = self.open_by_cookie(event)
        is_found = True
        if socket is None:
            # One that was disconnected has no peer, and only its cookie tells what it was.
            if self.forget_failed(event) or event["network.peer.port"] == 0 or self.connecting.pop(event["connection.id"], None):
                return
            socket = self.by_endpoints(event)
            if socket is None:
                is_found = False
                socket = self.new(event, "unknown", self.beginning(event))
        socket.is_opening_seen = is_found
        may_end = self.recording.awaits_ends and event.get("network.connection.state") != "closed"
        if socket.end is not None:
            self.give_both(socket, event, socket.end)
        elif may_end and socket.id:
            if self.waits == WAITING:
                while self.waiting[0].is_given:
                    self.waiting.popleft()
                self.give_unfinished(self.waiting.popleft())
            socket.close, socket.is_open = event, False
            self.waiting.append(socket)
            self.waits += 1
            socket.is_waiting = True
        else:
            self.give_closed(socket, event, may_end)

    def tcp_ended(self, event):
        socket = self.by_cookie(event) or self.by_endpoints(event)
        if socket is None:
            if "not_accepted" in event.get("flags", []) and event["connection.id"] != "0":
                if len(self.unaccepted_order) == UNACCEPTED:
                    self.unaccepted.pop(self.unaccepted_order.popleft(), None)
                self.unaccepted_order.append(event["connection.id"])
                self.unaccepted[event["connection.id"]] = event
        elif socket.close is not None:
            self.give_both(socket, socket.close, event)
        elif socket.end is None:
            socket.end = event

    def fail(self, event):
        before = self.open_by_cookie(event)
        if before is not None:
            self.end_unseen(before, event)
        time = int(event["monotonic_ns"])
        tried = event.get("connect_ns", 0)
        opened = time - min(tried, time)
        if event["connection.id"] in self.connecting and tried == 0:
            opened = min(self.beginning(event), time)
        event = self.with_task(event)
        row = self.row(event, "client", "failed", opened, time, event.get("time"))
        copy(row, event, FAILURE)
        self.rows.append(row)
        if event["connection.id"] != "0":
            self.failed.add(event["connection.id"])

    # Endings

    def give_closed(self, socket, close, is_unfinished):
        """Ended by its close, as far as is known."""
        ending, is_assumed = ending_of(close, socket.role)
        row = self.end(socket, ending, int(close["monotonic_ns"]), close.get("time"))
        row["uncertain"] = is_assumed or self.may_have_been_opened(socket, close)
        if is_unfinished:
            row["unfinished"] = True
        copy(row, close, TASK, "closed.")
        copy(row, close, CLOSE)
        self.leave(socket)

    def give_unfinished(self, socket):
        if not socket.is_given:
            close, socket.close = socket.close, None
            self.give_closed(socket, close, True)

    def give_both(self, socket, close, end):
        ending, is_assumed = ending_of(close, socket.role)
        row = self.give_ended(socket, end, int(close["monotonic_ns"]), ending, is_assumed)
        row["uncertain"] = row["uncertain"] or self.may_have_been_opened(socket, close)
        copy(row, close, TASK, "closed.")
        row["closed.monotonic_ns"] = close["monotonic_ns"]
        if "time" in close:
            row["closed.time"] = close["time"]
        row["network.connection.state"] = close.get("network.connection.state")
        if row["network.connection.state"] is None:
            del row["network.connection.state"]
        else:
            # Who recorded a state has recorded the counters too: an end that tells none has them at 0.
            for counter in CLOSE[1:]:
                row.setdefault(counter, 0)
        self.leave(socket)

    def give_ended(self, socket, end, held_until, ending="closed", is_assumed=False):
        """What TCP's end tells goes before what the close does."""
        by = how_tcp_ended(end)
        if by is not None:
            ending, is_assumed = "closed" if by in ORDERLY_END else "reset", False
        time = int(end["monotonic_ns"])
        row = self.end(socket, ending, time, end.get("time"))
        row["uncertain"] = is_assumed
        row["end"] = end  # for figures; it is not shown
        copy(row, end, CLOSE)
        if by is not None:
            row["tcp.end"] = by
        copy(row, end, FAILURE)
        if held_until > time:
            row["held_ns"] = held_until - time
        return row

    def may_have_been_opened(self, socket, close):
        """Whether the opening of one of which the close alone was seen may be among lost events."""
        time = int(close["monotonic_ns"])
        return not socket.is_opening_seen and any(start <= time for start, _ in self.recording.unknown())

    # What becomes of sockets

    def beginning(self, event):
        """Since when a socket is known to have been there: since recording began, or went on after a gap."""
        time = int(event["monotonic_ns"])
        return max([self.recording.start] + [end for start, end in self.recording.gaps if start <= time])

    def new(self, event, role, opened):
        self.sockets += 1
        socket = Socket(event, role, opened, self.sockets)
        candidates = self.by_ends[frozenset((socket.local, socket.peer))]
        for other in reversed(candidates):
            if other.opposite is None and may_join(socket, other) and other.is_opposite(socket):
                socket.opposite, other.opposite = other, socket
                break
        candidates.append(socket)
        if socket.id:
            self.by_id[socket.id] = socket
        return socket

    def leave(self, socket):
        socket.is_open = False
        socket.is_given = True
        self.waits -= socket.is_waiting
        socket.is_waiting = False
        if socket.id:
            del self.by_id[socket.id]
        if socket.opposite is not None:
            self.drop(socket)
            return
        self.closed_alone.append(socket)
        if len(self.closed_alone) > (LINGERING_OF_HOSTS if self.recording.is_merged else LINGERING):
            self.drop(self.closed_alone.popleft())

    def drop(self, socket):
        key = frozenset((socket.local, socket.peer))
        if socket in self.by_ends[key]:
            self.by_ends[key].remove(socket)
        if not self.by_ends[key]:
            del self.by_ends[key]

    def end_unseen(self, socket, event):
        if socket.end is not None:
            self.give_ended(socket, socket.end, int(event["monotonic_ns"]))
        else:
            self.end(socket, "unseen", int(event["monotonic_ns"]), event.get("time"))
        self.leave(socket)

    def end(self, socket, ending, time, wall):
        row = self.row(socket.event, socket.role, ending, socket.opened, time, wall)
        row["preexisting"] = socket.role == "unknown"
        if socket.opposite is not None:
            copy(row, socket.opposite.event, TASK, "peer.")
            row["second"] = socket.opposite.is_given
        self.rows.append(row)
        return row

    def row(self, event, role, ending, opened, ended, wall):
        row = {
            "role": role, "ending": ending, "preexisting": False, "uncertain": False, "lifetime_ns": max(0, ended - opened),
            "opened.monotonic_ns": str(opened), "ended.monotonic_ns": str(ended)}
        is_event = str(opened) == event["monotonic_ns"]
        for name, time in ("opened.time", event.get("time") if is_event else self.day(opened)), ("ended.time", wall or self.day(ended)):
            if time is not None:
                row[name] = time
        if self.recording.host and "host.name" not in event:
            row["host.name"] = self.recording.host
        copy(row, event, SOCKET + OWNER + (["connect_ns"] if role == "client" else []) + (["accept_ns"] if role == "server" and event.get("accept_ns", 0) > 0 else []))
        return row

    def day(self, monotonic):
        wall = self.recording.wall(monotonic)
        return None if wall is None else time_of_day(wall)

    def finish(self):
        """What was closed and not seen to end; what is open when recording ended, or when a gap began after which it was not seen, the oldest first; and
        what is still connecting."""
        for socket in self.waiting:
            self.give_unfinished(socket)
        still = sorted(
            (socket for sockets in self.by_ends.values() for socket in sockets if socket.is_open), key=lambda one: (one.opened, one.id, one.number))
        for socket in still:
            known = max(socket.opened, socket.seen if self.recording.gaps else 0)
            until = min([start for start, _ in self.recording.gaps if start >= known] + [self.recording.end])
            if socket.end is not None:
                self.give_ended(socket, socket.end, until)
            elif "reset_before_accept" in socket.event.get("flags", []):
                self.end(socket, "reset", int(socket.event["monotonic_ns"]), socket.event.get("time"))
            else:
                row = self.end(socket, "open", until, None)
                row["uncertain"] = any(end >= known for _, end in self.recording.unknown())
            socket.is_open, socket.is_given = False, True
        for event in self.connecting.values():
            start = max([self.recording.start] + [end for _, end in self.recording.gaps])
            row = self.row(event, "client", "open", start, self.recording.end, None)
            row["preexisting"] = True
            row["network.connection.state"] = "syn_sent"
            row["uncertain"] = any(end >= start for _, end in self.recording.unknown())
            self.rows.append(row)
        return self.rows


# Figures

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def percentile(durations, share):
    """The shortest time by which a share has ended by the estimate of Kaplan and Meier, and whether that is a bound only."""
    if not durations:
        return None
    survival, at_risk = 1.0, len(durations)
    durations = sorted(durations, key=lambda one: (one[0], one[1]))  # at one time first those that ended
    at = 0
    while at < len(durations):
        time, ended, gone = durations[at][0], 0, 0
        while at < len(durations) and durations[at][0] == time:
            ended += not durations[at][1]
            gone += 1
            at += 1
        survival *= 1 - ended / at_risk
        at_risk -= gone
        if ended and survival <= 1 - share + 1e-9:
            return time, False
    return durations[-1][0], True


def longest(durations):
    if not durations:
        return None
    most = max(time for time, _ in durations)
    return most, all(is_censored for time, is_censored in durations if time == most)


def is_orderly_close(row):
    return row.get("network.connection.state") == "closed" and row["ending"] == "closed"


def payload_sent(row):
    if "end" in row:
        state = row["end"].get("network.connection.state")
        fin = state == "fin_wait_2" or (state in ("last_ack", "closing") and "error.type" not in row["end"])
    else:
        fin = row.get("network.connection.state") in FIN_ACKED or is_orderly_close(row)
    return min(max(0, row.get("acked_bytes", 0) - (row["role"] == "client") - fin), row.get("sent_bytes", 0))


def payload_received(row):
    if "end" in row:
        fin = "fin_received" in row["end"].get("flags", []) or row["end"].get("network.connection.state") in ("close_wait", "last_ack", "closing")
    else:
        fin = row.get("network.connection.state") in FIN_RECEIVED or is_orderly_close(row)
    return max(0, row.get("received_bytes", 0) - fin)


def durations(name, values, figures):
    figures[name] = of = {"count": len(values), "censored": sum(is_censored for _, is_censored in values)}
    for key, value in [*((key, percentile(values, share)) for key, share in PERCENTILES.items()), ("max", longest(values))]:
        if value is not None:
            of[key + ("_above_ns" if value[1] else "_ns")] = value[0]


def figures_of(rows):
    def total(value):
        return sum(value(row) for row in closed)

    endings = Counter(row["ending"] for row in rows)
    established = [row for row in rows if row["ending"] != "failed"]
    closed = [row for row in established if "closed.process.pid" in row or "end" in row]
    opened = [row for row in established if not row["preexisting"]]
    figures = {
        "sockets": len(rows),
        "opened": sum(row["role"] != "server" for row in opened),
        "accepted": sum(row["role"] == "server" for row in opened),
        "preexisting": sum(row["preexisting"] for row in rows),
        "uncertain": sum(row["uncertain"] for row in rows),
        "acked_bytes": total(lambda row: row.get("acked_bytes", 0)),
        "received_bytes": total(lambda row: row.get("received_bytes", 0)),
        "sent_payload_bytes": total(payload_sent),
        "received_payload_bytes": total(payload_received),
        "sent_segments": total(lambda row: row.get("sent_segments", 0)),
        "retransmits": total(lambda row: row.get("retransmits", 0))}
    for ending in "failed", "closed", "reset", "open", "unseen":
        figures[ending] = endings[ending]
    for name in "reset_sent", "reset_received":
        figures[name] = sum(row.get("tcp.end") == name for row in rows)
    figures["reset_timeout"] = sum(row.get("tcp.end") == "timed_out" for row in rows)
    figures["held"] = sum("end" in row and "closed.process.pid" not in row for row in rows)
    figures["unfinished"] = sum(row.get("unfinished", False) for row in rows)
    durations("lifetime", [(row["lifetime_ns"], row["ending"] == "open") for row in opened if row["ending"] != "unseen"], figures)
    durations("connect", [(row["connect_ns"], False) for row in opened if row["role"] == "client" and row.get("connect_ns", 0) > 0], figures)
    durations("accept", [(row["accept_ns"], False) for row in opened if row.get("accept_ns", 0) > 0], figures)
    del figures["accept"]["censored"]  # no such wait was cut off
    figures["errors"] = Counter(row["error.type"] for row in rows if row["ending"] == "failed")
    return figures


def text_of(end):
    return "%s:%d" % end if end[0].version == 4 else "[%s]:%d" % end


def service(row):
    """What was connected to; of a socket whose role is not known the lower port is taken for it."""
    local, peer = endpoints(row)
    is_here = row["role"] == "server" or (row["role"] == "unknown" and local[1] < peer[1])
    return text_of(local if is_here else peer)


GROUPS = {
    "service": service,
    "process": lambda row: row["thread.name"],
    "peer": lambda row: str(endpoints(row)[1][0]),
    "errno": lambda row: row.get("error.type") if row["ending"] == "failed" else None,
    "unit": lambda row: row.get("systemd.unit") or ("(no unit)" if "linux.cgroup.path" in row else "(not known)")}


def churn(rows, recording, every):
    """What happened in each interval; they are numbered from the origin."""
    def number(time):
        return (time - recording.origin) // every

    first, last = number(recording.start), number(recording.end)
    intervals = {place: defaultdict(int) for place in range(first, last + 1)}

    def at(time):
        return intervals[min(max(number(time), first), last)]

    for row in rows:
        opened, ended = int(row["opened.monotonic_ns"]), int(row["ended.monotonic_ns"])
        if row["ending"] == "failed":
            at(ended)["failed"] += 1
            continue
        at(opened)["change"] += 1
        at(opened)["opened"] += row["role"] == "client"
        at(opened)["accepted"] += row["role"] == "server"
        if row["ending"] != "open":
            at(ended)["change"] -= 1
            at(ended)["closed"] += row["ending"] != "unseen"
        elif ended < recording.end:
            # Nobody knows of it any more: in the interval itself if recording went on in it, else from the next one on.
            known_again = min(end for start, end in recording.gaps if start == ended)
            gone = number(ended) + (known_again >= recording.origin + (number(ended) + 1) * every)
            intervals[gone]["change"] -= 1
    active = 0
    for place, interval in intervals.items():
        start, end = recording.origin + place * every, recording.origin + (place + 1) * every
        active += interval["change"]
        lost = [most for begin, final, most in recording.losses if begin < end and final >= start]
        one = {name: interval[name] for name in ("opened", "accepted", "closed", "failed")}
        whole, part = divmod(place * every, SECOND)
        one["seconds"] = place * every / SECOND if part else whole
        one["active"] = active
        one["events_lost"] = bool(lost)
        if lost and None not in lost:
            one["events_lost_at_most"] = sum(lost)
        one["recorded"] = not any(begin < end and final > start for begin, final in recording.gaps)
        yield one


def main():
    recording = Recording(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))
    tracker = Tracker(recording)
    for line in sys.stdin:
        tracker.add(json.loads(line))
    rows = tracker.finish()
    figures = figures_of(rows)
    figures["connections"] = sum(not row.pop("second", False) for row in rows)
    for row in rows:
        print(json.dumps({"row": {key: value for key, value in row.items() if key != "end"}}))
    for interval in churn(rows, recording, int(sys.argv[3]) if len(sys.argv) > 3 else SECOND):
        print(json.dumps({"interval": interval}))
    print(json.dumps({"all": figures}))
    for by, name in GROUPS.items():
        if len(rows) > MANY and by not in ("service", "errno"):
            continue
        groups = defaultdict(list)
        for row in rows:
            groups[name(row)].append(row)
        groups.pop(None, None)
        for key, members in groups.items():
            print(json.dumps({"group": {"by": by, "name": key, **figures_of(members)}}))


if __name__ == "__main__":
    main()
