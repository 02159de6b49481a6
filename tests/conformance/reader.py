#!/usr/bin/env python3
"""Reads captures and prints what is in each, as one line of JSON.

    reader.py FILE...

Written from docs/format.md and docs/format-chunks.md alone, to show that they suffice. Needs Debian's python3-lz4 and
python3-xxhash. It favours being read: every rule of the pages is here once, in their order.
"""

import json
import struct
import sys
from collections import namedtuple

import lz4.block
import xxhash


class Refused(Exception):
    """Not a capture, or one of a higher major version."""


class Malformed(Exception):
    """A payload is not what the pages say."""


def expect(condition, what):
    if not condition:
        raise Malformed(what)


# Blocks

MAGIC = bytes.fromhex("89544341 0D0A1A0A")
MAJOR = 1
HEADER, CHUNK, CONTEXT, FOOTER = 1, 2, 3, 4
FIELDS = struct.Struct("<8s H B B B B 2x 16s 4I 2Q Q 5Q Q")

Block = namedtuple(
    "Block",
    "offset length kind codec file_id sequence events raw_length settled ledger payload",
)


def hash_of(data):
    return xxhash.xxh3_64_intdigest(data)


def block_at(file, offset):
    """The block that begins there, None if there is none."""
    if len(file) - offset < FIELDS.size + 8 or not file.startswith(MAGIC, offset):
        return None
    (_, header_length, major, minor, kind, codec, file_id, sequence, events, payload_length, raw_length,
     _, _, settled, *ledger, payload_hash) = FIELDS.unpack_from(file, offset)
    if not 128 <= header_length <= 1024 or len(file) - offset < header_length:
        return None
    hash_at = offset + header_length - 8
    if hash_of(file[offset:hash_at]) != int.from_bytes(file[hash_at:hash_at + 8], "little"):
        return None
    if major > MAJOR:
        raise Refused(f"version {major}.{minor}")
    end = offset + header_length + payload_length
    if payload_length > 2**24 or raw_length > 2**24 or events > 2**16 or end > len(file):
        return None
    payload = file[offset + header_length:end]
    if hash_of(payload) != payload_hash:
        return None
    return Block(offset, end - offset, kind, codec, file_id, sequence, events, raw_length, settled, ledger, payload)


def blocks_of(file, damage):
    """All blocks in file order; what lies between them is damage."""
    at = 0
    while at < len(file):
        found = at
        while found >= 0 and not (block := block_at(file, found)):
            found = file.find(MAGIC, found + 1)
        if found < 0:
            damage.append((at, len(file) - at))
            return
        if found > at:
            damage.append((at, found - at))
        yield block
        at = block.offset + block.length


def unpacked(block):
    if block.codec == 0:
        expect(len(block.payload) == block.raw_length, "stored payload of another length")
        return block.payload
    expect(block.codec == 1, "unknown codec")
    expect(block.raw_length > 0, "packed payload of no bytes")
    expect_matches(block.payload)
    try:
        raw = lz4.block.decompress(block.payload, uncompressed_size=block.raw_length)
    except lz4.block.LZ4BlockError as error:
        raise Malformed(error) from error
    expect(len(raw) == block.raw_length, "packed payload of another length")
    return raw


def expect_matches(packed):
    """A match repeats what was there before; liblz4 does not look whether its distance is 0."""
    at = done = 0

    def length(nibble):
        nonlocal at
        total = nibble
        while nibble == 15:
            expect(at < len(packed), "packed payload that ends in a length")
            total += packed[at]
            at += 1
            if packed[at - 1] < 255:
                break
        return total

    while at < len(packed):
        token = packed[at]
        at += 1
        literals = length(token >> 4)
        at += literals
        done += literals
        if at >= len(packed):
            break
        distance = int.from_bytes(packed[at:at + 2], "little")
        expect(0 < distance <= done, "match of bytes that are not there")
        at += 2
        done += length(token & 15) + 4


# Metadata: MessagePack

class Pack:
    """Reads forward through MessagePack."""

    LENGTHS = {  # first byte: (type, bytes that hold the number or the length)
        0xC4: ("bytes", 1), 0xC5: ("bytes", 2), 0xC6: ("bytes", 4),
        0xC7: ("extension", 1), 0xC8: ("extension", 2), 0xC9: ("extension", 4),
        0xCC: ("unsigned", 1), 0xCD: ("unsigned", 2), 0xCE: ("unsigned", 4), 0xCF: ("unsigned", 8),
        0xD0: ("signed", 1), 0xD1: ("signed", 2), 0xD2: ("signed", 4), 0xD3: ("signed", 8),
        0xD9: ("text", 1), 0xDA: ("text", 2), 0xDB: ("text", 4),
        0xDC: ("array", 2), 0xDD: ("array", 4), 0xDE: ("map", 2), 0xDF: ("map", 4),
    }
    OTHERS = {  # first byte: (type, bytes that follow)
        0xC0: ("nil", 0), 0xC2: ("boolean", 0), 0xC3: ("boolean", 0), 0xCA: ("float", 4), 0xCB: ("float", 8),
        0xD4: ("extension", 2), 0xD5: ("extension", 3), 0xD6: ("extension", 5), 0xD7: ("extension", 9),
        0xD8: ("extension", 17),
    }

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        expect(count <= len(self.data) - self.at, "metadata is cut short")
        self.at += count
        return self.data[self.at - count:self.at]

    def head(self):
        """The type of the next value, and its number, its length, or the number of its elements."""
        first = self.take(1)[0]
        if first < 0x80:
            return "integer", first
        if first < 0x90:
            return "map", first & 0x0F
        if first < 0xA0:
            return "array", first & 0x0F
        if first < 0xC0:
            return "text", first & 0x1F
        if first >= 0xE0:
            return "integer", first - 0x100
        if first in self.OTHERS:
            return self.OTHERS[first]
        expect(first in self.LENGTHS, "no type of MessagePack")
        kind, size = self.LENGTHS[first]
        number = int.from_bytes(self.take(size), "big", signed=kind == "signed")
        return ("integer" if kind in ("signed", "unsigned") else kind), number + (kind == "extension")

    def open(self, kind):
        found, count = self.head()
        expect(found == kind, f"{found} instead of {kind}")
        return count

    def integer(self, low, high):
        number = self.open("integer")
        expect(low <= number <= high, f"{number} is out of range")
        return number

    def boolean(self):
        first = self.take(1)[0]
        expect(first in (0xC2, 0xC3), "no boolean")
        return first == 0xC3

    def text(self):
        kind, length = self.head()
        expect(kind in ("text", "nil"), f"{kind} instead of text")
        return self.take(length).decode("utf-8", "replace")

    def skip(self):
        left = 1
        while left > 0:
            kind, number = self.head()
            left += {"array": number, "map": 2 * number}.get(kind, 0) - 1
            if kind in ("text", "bytes", "extension", "float"):
                self.take(number)


def integer(low, high):
    return lambda pack: pack.integer(low, high)


def wide(low, high):
    """In JSON, numbers of 64 bits are texts: most readers keep 53 bits."""
    return lambda pack: str(pack.integer(low, high))


def array_of(item):
    def read(pack):
        count = pack.open("array")
        expect(count <= 2**17, "too many elements")
        return [item(pack) for _ in range(count)]
    return read


def array(*items):
    """A fixed number of elements, and more of later versions."""
    def read(pack):
        count = pack.open("array")
        expect(count >= len(items), "too few elements")
        values = [item(pack) for item in items]
        for _ in range(count - len(items)):
            pack.skip()
        return values
    return read


def map_of(key, value):
    def read(pack):
        count = pack.open("map")
        expect(count <= 2**17, "too many elements")
        return {key(pack): value(pack) for _ in range(count)}
    return read


TEXT = Pack.text
TEXTS = map_of(TEXT, TEXT)
UINT8, UINT32, INT32 = integer(0, 2**8 - 1), integer(0, 2**32 - 1), integer(-2**31, 2**31 - 1)
UINT64, INT64 = wide(0, 2**64 - 1), wide(-2**63, 2**63 - 1)
CLOCK = array(UINT64, UINT64, UINT64)
NAME = array(UINT64, TEXT, integer(0, 2**16 - 1))

# By key: type, and value if it is missing.
METADATA = {
    HEADER: {
        "tool": (TEXT, ""),
        "host": (TEXT, ""),
        "kernel": (TEXT, ""),
        "architecture": (TEXT, ""),
        "boot_id": (TEXT, ""),
        "cpus": (INT32, 0),
        "probes": (TEXT, ""),
        "probes_not_used": (TEXTS, {}),
        "limits": (array_of(TEXT), []),
        "filters": (TEXTS, {}),
        "selection": (array_of(TEXT), []),
        "hosts": (array_of(array(TEXT, TEXT, TEXT, TEXT, INT64)), []),
        "options": (TEXTS, {}),
        "comment": (TEXT, ""),
        "start": (CLOCK, None),
        "recorded": (array_of(array(UINT64, UINT64)), []),
        "inputs": (array_of(array(TEXTS, array_of(TEXT))), []),
    },
    CONTEXT: {
        "clocks": (array_of(CLOCK), []),
        "missing": (array(INT64, INT64, UINT64), ["0"] * 3),
        "cgroups": (array_of(NAME), []),
        "netns": (array_of(NAME), []),
    },
    FOOTER: {
        "reason": (TEXT, ""),
        "truncated": (Pack.boolean, None),
        "end": (CLOCK, None),
        "events_by_type": (map_of(lambda pack: str(UINT8(pack)), UINT64), {}),
        "ledger": (array(*[UINT64] * 5), ["0"] * 5),
        "raw_bytes": (INT64, "0"),
        "section_bytes": (INT64, "0"),
        "index": (array_of(array(UINT8, UINT32, UINT32, INT64, UINT64, UINT64, UINT64)), []),
    },
}


TRUNCATED_BEFORE = "cut short: it ended without a footer, and what followed "


def read_metadata(raw, keys):
    pack = Pack(raw)
    values = {key: missing for key, (_, missing) in keys.items()}
    for _ in range(pack.open("map")):
        key = pack.text()
        if key in keys:
            values[key] = keys[key][0](pack)
        else:
            pack.skip()
    if values.get("truncated", 0) is None:
        values["truncated"] = values["reason"].startswith(TRUNCATED_BEFORE)
    return values


# Chunks

MASK = 2**64 - 1
(EVENTS, KINDS, CPUS, RETURNS, ARRIVALS, DURATIONS, COUNTERS, SOCKETS, SERVICES, SHORTS, LONGS, TASKS,
 PROGRAMS) = range(13)
ADDRESSES = -1  # short and long ones together

Index = namedtuple("Index", "table")
Column = namedtuple("Column", "name table below")

# By id: name, table, and what its values are below or which rows they number.
COLUMNS = [
    Column("event kind", EVENTS, Index(KINDS)),
    Column("timestamp", EVENTS, 2**64),
    Column("event cpu", EVENTS, Index(CPUS)),
    Column("sequence", EVENTS, 2**64),
    Column("socket back", RETURNS, 2**64),
    Column("task", ARRIVALS, Index(TASKS)),
    Column("duration", DURATIONS, 2**64),
    Column("bytes sent", COUNTERS, 2**64),
    Column("bytes acked", COUNTERS, 2**64),
    Column("bytes received", COUNTERS, 2**64),
    Column("segments sent", COUNTERS, 2**32),
    Column("segments received", COUNTERS, 2**32),
    Column("retransmits", COUNTERS, 2**32),
    Column("smoothed rtt", COUNTERS, 2**32),
    Column("connection", SOCKETS, 2**64),
    Column("service", SOCKETS, Index(SERVICES)),
    Column("client address", SOCKETS, Index(ADDRESSES)),
    Column("client port", SOCKETS, 2**16),
    Column("service netns", SERVICES, 2**32),
    Column("service address", SERVICES, Index(ADDRESSES)),
    Column("service port", SERVICES, 2**17),
    Column("short address", SHORTS, 2**32),
    Column("address first", LONGS, 2**64),
    Column("address last", LONGS, 2**64),
    Column("pid", TASKS, 2**32),
    Column("tid", TASKS, 2**64),
    Column("program", TASKS, Index(PROGRAMS)),
    Column("uid", PROGRAMS, 2**32),
    Column("mntns", PROGRAMS, 2**32),
    Column("cgroup", PROGRAMS, 2**64),
    Column("comm first", PROGRAMS, 2**64),
    Column("comm last", PROGRAMS, 2**64),
    Column("kind", KINDS, 2**52),
    Column("cpu", CPUS, 2**16),
    Column("service netns id", SERVICES, 2**64),
    Column("container pid", TASKS, 2**32),
    Column("pidns", PROGRAMS, 2**32),
]


class Bytes:
    """Reads forward through a chunk."""

    def __init__(self, data):
        self.data, self.at = data, 0

    @property
    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        expect(count <= self.left, "a chunk is cut short")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        return self.take(1)[0]

    def varint(self, most=MASK):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                expect(value <= most, "a number is too large")
                return value
            expect(shift < 64, "a number is too long")

    def bits(self, count, width):
        data = self.take((count * width + 7) // 8)
        mask = (1 << width) - 1
        return [
            int.from_bytes(data[i * width // 8:(i * width + width + 7) // 8], "little") >> (i * width % 8) & mask
            for i in range(count)
        ]

    def width(self):
        width = self.byte()
        expect(width <= 64, "a width is too large")
        return width

    def packed(self, count):
        width = self.width()
        least = self.varint()
        exceptions = self.varint(most=0 if width == 64 else count)
        gaps = self.bits(exceptions, self.width()) if exceptions else []
        highs = self.bits(exceptions, self.width()) if exceptions else []
        values = [(least + distance) & MASK for distance in self.bits(count, width)]
        at = 0
        for gap, high in zip(gaps, highs):
            at += gap
            expect(at < count, "an exception is on no value")
            values[at] = (values[at] + (high << width)) & MASK
            at += 1
        return values

    def delta(self, count):
        if count == 0:
            return []
        values = [self.varint()]
        for difference in self.packed(count - 1):
            values.append((values[-1] + unzigzag(difference)) & MASK)
        return values


def unzigzag(number):
    return (number >> 1) ^ -(number & 1)


def read_columns(raw, n):
    """All columns by name."""
    data = Bytes(raw)
    rows = [data.varint() for _ in range(data.varint(most=255))]
    rows += [0] * (13 - len(rows))
    expect(rows[EVENTS] == n, "another number of events than the block header says")
    for table in range(KINDS, PROGRAMS + 1):
        expect(rows[table] <= (2 * n if table in (SHORTS, LONGS) else n), "too many rows")
    addresses = rows[SHORTS] + rows[LONGS]
    expect(addresses <= 2 * n, "too many addresses")

    directory = [(data.byte(), data.byte(), data.varint()) for _ in range(data.varint(most=256))]
    bodies = [(id, encoding, Bytes(data.take(length))) for id, encoding, length in directory]
    expect(data.left == 0, "bytes behind the columns")

    columns = {column.name: [0] * rows[column.table] for column in COLUMNS}
    seen = set()
    for id, encoding, body in bodies:
        if id >= len(COLUMNS):
            continue
        expect(id not in seen, "a column occurs twice")
        seen.add(id)
        if body.left == 0:
            continue
        name, table, _ = COLUMNS[id]
        expect(encoding in (1, 2), "an unknown encoding")
        columns[name] = (body.packed if encoding == 1 else body.delta)(rows[table])
        expect(body.left == 0, "bytes behind a column")

    for name, _, below in COLUMNS:
        if isinstance(below, Index):
            below = addresses if below.table == ADDRESSES else rows[below.table]
        expect(all(value < below for value in columns[name]), "a value is too large")
    return columns, rows


def eight(number):
    return number.to_bytes(8, "little")


def read_chunk(raw, n):
    """The events in the order of their arrival."""
    columns, rows = read_columns(raw, n)
    addresses = [eight(first) + bytes(8) for first in columns["short address"]]
    addresses += [eight(first) + eight(last) for first, last in zip(columns["address first"], columns["address last"])]
    tids = [pid + unzigzag(tid) & MASK for pid, tid in zip(columns["pid"], columns["tid"])]
    expect(all(tid < 2**32 for tid in tids), "a thread id is too large")
    expect(all(kind >> 48 & 3 for kind in columns["kind"]), "a new socket without a task")

    sequences = [0] * rows[CPUS]  # of each CPU's last event
    connections = [0] * rows[CPUS]  # of the last socket that began on each CPU
    sockets, task_of = [], []
    backs, arriving, durations, counters = (
        iter(range(rows[table])) for table in (RETURNS, ARRIVALS, DURATIONS, COUNTERS)
    )

    def following(rows_left):
        row = next(rows_left, None)
        expect(row is not None, "fewer rows than the events say")
        return row

    events = []
    for i in range(n):
        kind = columns["kind"][columns["event kind"][i]]
        cpu = columns["event cpu"][i]
        sequences[cpu] = (sequences[cpu] + 1 + unzigzag(columns["sequence"][i])) & MASK

        if kind >> 48 & 1:
            socket = len(sockets) - 1 - columns["socket back"][following(backs)]
            expect(socket >= 0, "a socket before the first")
        else:
            socket = len(sockets)
            expect(socket < rows[SOCKETS], "fewer sockets than the events say")
            connections[cpu] = (connections[cpu] + 1 + unzigzag(columns["connection"][socket])) & MASK
            sockets.append(read_socket(columns, addresses, socket, connections[cpu]))
            task_of.append(None)
        if kind >> 49 & 1:
            task_of[socket] = columns["task"][following(arriving)]
        task = task_of[socket]
        program = columns["program"][task]
        duration = columns["duration"][following(durations)] if kind >> 50 & 1 else 0
        row = following(counters) if kind >> 51 & 1 else None

        def counter(name):
            return 0 if row is None else columns[name][row]

        acked = 0 if row is None else (counter("bytes sent") + unzigzag(counter("bytes acked"))) & MASK
        connection, netns, netns_id, local, local_port, peer, peer_port = sockets[socket]
        events.append({
            "monotonic_ns": str(columns["timestamp"][i]),
            "event.name": kind & 0xFF,
            "network.type": kind >> 8 & 0xFF,
            "network.local.address": local.hex(),
            "network.local.port": local_port,
            "network.peer.address": peer.hex(),
            "network.peer.port": peer_port,
            "network.connection.state": kind >> 16 & 0xFF,
            "connection.id": str(connection),
            "process.pid": columns["pid"][task],
            "thread.id": tids[task],
            "thread.name.bytes": (eight(columns["comm first"][program]) + eight(columns["comm last"][program])).hex(),
            "user.id": columns["uid"][program],
            "linux.netns": netns,
            "linux.mntns": columns["mntns"][program],
            "linux.cgroup.id": str(columns["cgroup"][program]),
            "cpu.logical_number": columns["cpu"][cpu],
            "sequence": str(sequences[cpu]),
            "flags": kind >> 24 & 0xFF,
            "duration_ns": str(duration),
            "error.number": kind >> 32 & 0xFFFF,
            "bytes_sent": str(counter("bytes sent")),
            "bytes_acked": str(acked),
            "bytes_received": str(counter("bytes received")),
            "segments_sent": counter("segments sent"),
            "segments_received": counter("segments received"),
            "retransmits": counter("retransmits"),
            "smoothed_rtt_us": counter("smoothed rtt"),
            "linux.netns.id": str(netns_id),
            "container.pid": columns["container pid"][task],
            "linux.pidns": columns["pidns"][program],
        })
    expect(len(sockets) == rows[SOCKETS], "more sockets than the events say")
    for rows_left in backs, arriving, durations, counters:
        expect(next(rows_left, None) is None, "more rows than the events say")
    return events


def read_socket(columns, addresses, socket, connection):
    service = columns["service"][socket]
    port = columns["service port"][service]
    service_end = addresses[columns["service address"][service]], port & 0xFFFF
    client_end = addresses[columns["client address"][socket]], columns["client port"][socket]
    local, peer = (client_end, service_end) if port >> 16 else (service_end, client_end)
    return connection, columns["service netns"][service], columns["service netns id"][service], *local, *peer


# Sections

class Clocks:
    """The clocks of a section, and the wall-clock times of its events."""

    def __init__(self):
        self.first, self.all, self.latest = None, [], None

    def events(self, timestamps):
        self.latest = max([*timestamps, *([] if self.latest is None else [self.latest])], default=None)

    def add(self, clock):
        clock = [int(number) for number in clock]
        if self.latest is None:
            self.first = self.first or clock
        self.all.append((clock[0] if self.latest is None else max(clock[0], self.latest + 1), clock))

    def wall(self, timestamp):
        clock, latest = self.first, -1
        for begin, other in self.all:
            if latest <= begin <= timestamp:
                clock, latest = other, begin
        return None if clock is None else str(timestamp + clock[2] - clock[0] & MASK)


class Section:
    def __init__(self, file_id):
        self.file_id = file_id
        self.expected = 0
        self.header = self.footer = None
        self.contexts, self.events, self.ledger = [], [], [0] * 5
        self.held, self.order = [], []
        self.clocks = Clocks()

    def add(self, block):
        """Takes what a block has; its payload first, for a malformed one is not used at all."""
        arrived = []
        if block.kind == CHUNK:
            arrived = read_chunk(unpacked(block), block.events)
        elif block.kind in METADATA:
            values = read_metadata(unpacked(block), METADATA[block.kind])
            if block.kind == HEADER:
                self.header, clocks = values, [values["start"]]
            elif block.kind == CONTEXT:
                self.contexts.append(values)
                clocks = values["clocks"]
            else:
                self.footer, clocks = values, [values["end"]]
            for clock in clocks:
                if clock:
                    self.clocks.add(clock)
        self.ledger = [(total + more) & MASK for total, more in zip(self.ledger, block.ledger)]
        self.held += [(int(event["monotonic_ns"]), len(self.events) + i) for i, event in enumerate(arrived)]
        self.events += arrived
        self.clocks.events([int(event["monotonic_ns"]) for event in arrived])
        self.give(block.settled)

    def give(self, settled):
        self.held.sort()
        ready = [event for event in self.held if event[0] <= settled]
        self.held = self.held[len(ready):]
        self.order += [place for _, place in ready]


def read(file):
    damage, sections, missing_blocks, any_block = [], [], 0, False
    try:
        for block in blocks_of(file, damage):
            any_block = True
            if not sections or block.kind == HEADER or block.file_id != sections[-1].file_id:
                sections.append(Section(block.file_id))
            section = sections[-1]
            if block.sequence < section.expected:
                damage.append((block.offset, block.length))
                continue
            if block.sequence > section.expected:
                damage.append((block.offset, 0))
                missing_blocks += block.sequence - section.expected
            section.expected = block.sequence + 1
            try:
                section.add(block)
            except Malformed:
                damage.append((block.offset, block.length))
        if not any_block and file[:8] != MAGIC[:len(file)]:
            raise Refused("not a capture")
    except Refused:
        return {"outcome": "refused"}

    truncated = sum(section.footer is None for section in sections) if sections else 1
    for section in sections:
        section.give(MASK)
    return {
        "outcome": "damaged" if damage or truncated else "whole",
        "truncated": truncated,
        "missing_blocks": missing_blocks,
        "damage": [{"offset": offset, "bytes": length} for offset, length in damage],
        "sections": [
            {
                "header": section.header,
                "contexts": section.contexts,
                "footer": section.footer,
                "ledger": [str(number) for number in section.ledger],
                "events": section.events,
                "wall_clock": [section.clocks.wall(int(event["monotonic_ns"])) for event in section.events],
                "time_order": section.order,
            }
            for section in sections
        ],
    }


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path, "rb") as capture:
            print(json.dumps(read(capture.read()), ensure_ascii=False))
