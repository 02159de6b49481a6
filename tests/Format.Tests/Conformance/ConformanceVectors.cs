using System.Buffers;
using MessagePack;
using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Tests.Columns;
using TraceCap.Format.Tests.Traffic;
using TraceCap.Format.Writing;
using static TraceCap.Format.Tests.Conformance.ConformanceEvents;

namespace TraceCap.Format.Tests.Conformance;

/// <summary>A capture, and what a reader must say of it.</summary>
internal sealed record ConformanceVector(string Name, byte[] File, string Outcome);

/// <summary>Captures that show one feature of the format each, or one kind of damage.</summary>
internal static class ConformanceVectors
{
    private const byte NewId = 200;

    private static readonly TcpEvent[] traffic =
        TrafficGenerator.Generate(2000, new() { ConnectionsPerSecond = 20_000, Lost = 0.02 })[^60..];

    private static readonly TcpEvent[] few =
    [
        Connect, Accept, Close, Close with { Connection = 8 }, ConnectFailed with { Timestamp = Close.Timestamp },
        Close with { Connection = 9 },
    ];

    internal static IEnumerable<ConformanceVector> All() =>
    [
        .. from vector in Written().Concat(Of11()).Concat(WrittenFurther()).Concat(Later()).Concat(Odd()) select new ConformanceVector(vector.Name, vector.File, "whole"),
        .. from vector in Damaged().Concat(Malformed()) select new ConformanceVector(vector.Name, vector.File, "damaged"),
        .. from vector in Refused() select new ConformanceVector(vector.Name, vector.File, "refused"),
    ];

    /// <summary>As a recorder writes them.</summary>
    private static IEnumerable<(string Name, byte[] File)> Written()
    {
        yield return ("empty", Write([]));
        yield return ("one-connect", Repack(
            Write([Connect], header: new() { Tool = "hand", Start = Captures.Clock }), pack: false));
        yield return ("one-accept", Write([Accept]));
        yield return ("one-close", Write([Close]));
        yield return ("one-connect-failed", Write([ConnectFailed]));
        yield return ("one-open", Write([Open]));
        yield return ("connection", Write([Connect, Close with { Tid = 1236 }, Accept, Close with { Connection = 8 }]));
        yield return ("extremes", Write(Extremes()));
        yield return ("random-bits", Write(RandomBits()));
        yield return ("addresses", Write(Addresses()));
        yield return ("comms", Write(Comms()));
        yield return ("traffic", Write(traffic));
        yield return ("many-chunks", Write(traffic, eventsPerChunk: 4));
        yield return ("contexts", Write([Connect, Close], between: writer => writer.WriteContext(new CaptureContext
        {
            Clocks = [Captures.Clock, Captures.Clock with { Boottime = 9_000_000_000, Realtime = ulong.MaxValue }],
        })));
        yield return ("names", Write([Connect, Close], between: writer =>
        {
            writer.NameCgroup(new NamedId(Connect.Cgroup, "/system.slice/nginx.service"));
            writer.NameCgroup(new NamedId(ulong.MaxValue, "", Host: ushort.MaxValue));
            writer.NameNetns(new NamedId(Connect.Netns, "bläu"));
        }));
        yield return ("cut-and-recovered", Write(
            [Connect, Close],
            header: Captures.Header with { Selection = ["--port 80"] },
            between: writer => writer.WriteContext(new CaptureContext { Missing = new MissingEvents(4711, 2, 9) })));
        yield return ("merged", Write([Connect, Close with { Connection = (1ul << MergedHost.ConnectionShift) | 7 }], header: Captures.Header with
        {
            Hosts = [new("höst", "6.1.0", "x86_64", "b", 0), new("other", "", "", "", -1_000_000_007)],
        }));
        yield return ("sections", [.. Write([Connect]), .. Write([], section: 2), .. Write([Accept, Close], section: 3)]);
        yield return ("sections-the-same-twice", [.. Write([Connect]), .. Write([Connect])]);
        yield return ("out-of-order", WriteLikeRecorder(OutOfOrder()));
        yield return ("lost-events", Write([Connect, Close], ledger: new LossCounters(1_000_007, 1_000_000, 3, 40, 2)));
        yield return ("codec-stored", Repack(Write(traffic), pack: false));
        yield return ("codec-lz4", Repack(Write(traffic), pack: true));
    }

    /// <summary>What came with version 1.1.</summary>
    private static IEnumerable<(string Name, byte[] File)> Of11()
    {
        yield return ("one-ended", Write([Ended]));
        yield return ("connection-with-its-end", Write([Connect, Close, Ended]));
        yield return ("ends", Write(Ends()));
        yield return ("reset-before-accept", Write(ResetBeforeAccept()));
        yield return ("failed-then-closed", Write(FailedThenClosed()));
        yield return ("open-while-connecting", Write([Open with { State = 2, Pid = 0, Tid = 0, Comm = default }, Connect with { Duration = 0 }]));
        yield return ("containers", Write(Containers()));
        yield return ("netns-ids", Write(NetworkNamespaces()));
        yield return ("extremes-of-1.1", Write(ExtremesOf11()));
        yield return ("random-bits-of-1.1", Write(RandomBitsOf11()));
        yield return ("missing-columns-of-1.1", Change(Write(Containers().Concat(NetworkNamespaces()).Select(one => one with { NetnsId = 9, ContainerPid = 3, Pidns = 4 }).ToArray(), eventsPerChunk: 4), block =>
        {
            if (block.Header.Kind == BlockKind.Chunk)
            {
                block.WithRaw(((ColumnId[])[ColumnId.ServiceNetnsId, ColumnId.ContainerPid, ColumnId.Pidns]).Aggregate(block.Raw, (raw, id) => Payloads.WithoutColumn(raw, (byte)id)));
            }
        }));
    }

    /// <summary>What the other tools write.</summary>
    private static IEnumerable<(string Name, byte[] File)> WrittenFurther()
    {
        yield return ("recorded", Write([Connect, Close], header: Captures.Header with
        {
            Recorded = [new RecordedPeriod(Captures.Clock.Monotonic, Connect.Timestamp), new RecordedPeriod(Close.Timestamp, ulong.MaxValue)],
        }));
        yield return ("merged-after-other-filters", Write([Connect], header: Captures.Header with
        {
            Inputs = [new(new Dictionary<string, string> { ["pid"] = "1", ["port"] = "80" }, ["--to 1"]), new(Captures.Header.Filters, [])],
        }));
        yield return ("truncated-before", WriteBlocks(Captures.Header, writer =>
        {
            writer.Append(Connect);
            writer.Complete(new CaptureFooter { Reason = "the disk was full", IsTruncated = true });
        }));
        yield return ("reason-that-begins-like-truncation", WriteBlocks(Captures.Header, writer => writer.Complete("cut short.tcap: no space left", null)));
        yield return ("clocks", WriteBlocks(Captures.Header, writer =>
        {
            var at = Connect.Timestamp;
            writer.Append(Connect);
            // Earlier than an event before it: counts from the next nanosecond on.
            writer.WriteContext(new CaptureContext { Clocks = [new ClockAnchor(at - 9, 0, 5_000)] });
            writer.Append([Connect with { Timestamp = at }, Connect with { Timestamp = at + 1 }, Connect with { Timestamp = 5 }]);
            // Of two of one time the later one counts; not in the order of time.
            writer.WriteContext(new CaptureContext { Clocks = [new ClockAnchor(at + 30, 0, 9_000), new ClockAnchor(at + 20, 0, 7_000), new ClockAnchor(at + 20, 0, 8_000)] });
            writer.Append([Connect with { Timestamp = at + 19 }, Connect with { Timestamp = at + 20 }, Connect with { Timestamp = at + 31 }]);
            writer.Complete("end of test", new ClockAnchor(at + 25, 0, 1_000));
        }));
        yield return ("clocks-behind-events", WriteBlocks(new CaptureHeader(), writer =>
        {
            writer.Append(Connect);
            writer.WriteContext(new CaptureContext { Clocks = [new ClockAnchor(7, 0, ulong.MaxValue)] });
            writer.Append([Connect, Connect with { Timestamp = Connect.Timestamp + 1 }]);
            writer.Complete("end of test", new ClockAnchor(1, 1, 1));
        }));
        yield return ("events-at-the-end-of-time", WriteBlocks(Captures.Header, writer =>
        {
            writer.Append(Connect with { Timestamp = ulong.MaxValue });
            writer.WriteContext(new CaptureContext { Clocks = [new ClockAnchor(7, 0, 9)] });
            writer.Append(Connect with { Timestamp = ulong.MaxValue });
            writer.Complete("end of test", null);
        }));
    }

    /// <summary>What no writer should write, and every reader must read alike.</summary>
    private static IEnumerable<(string Name, byte[] File)> Odd()
    {
        yield return ("over-long-varints", ChangeChunks(raw =>
            [(byte)(raw[0] | 0x80), 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, .. raw[1..]]));
        yield return ("spare-bits", ChangeChunks(raw => Payloads.WithColumn(
            Payloads.WithoutColumn(raw, (byte)ColumnId.Kind), (byte)ColumnId.Kind, encoding: 1, SpareBits(raw))));
        yield return ("unknown-column-twice", ChangeChunks(raw =>
            Payloads.WithColumn(Payloads.WithColumn(raw, NewId, encoding: 77, [1, 2, 3]), NewId, encoding: 1, [])));
        yield return ("unknown-encoding-of-no-bytes", ChangeChunks(raw =>
            Payloads.WithColumn(Payloads.WithoutColumn(raw, (byte)ColumnId.Pid), (byte)ColumnId.Pid, encoding: 77, [])));
        yield return ("unknown-kind-with-unknown-codec", ChangeSecond(block =>
            (block.Header.Kind, block.Header.Codec, block.Header.RawLength) = ((BlockKind)99, (BlockCodec)9, 1)));
        yield return ("wrong-timestamps", ChangeSecond(block => (block.Header.FirstTimestamp, block.Header.LastTimestamp) = (7, 5)));
        yield return ("empty-chunk", Change(
            WriteBlocks(Captures.Header, writer =>
            {
                writer.CloseChunk();
                writer.Append(Connect);
                writer.Complete("end of test", null);
            }),
            block =>
            {
                if (block.Header is { Kind: BlockKind.Chunk, Events: 0 })
                {
                    block.WithRaw([0, 0]);
                }
            }));
        yield return ("ledgers-beyond-64-bits", Change(block =>
            block.Header.LossCounters = new LossCounters(ulong.MaxValue, 1ul << 63, ulong.MaxValue - block.Header.Sequence, 1, ulong.MaxValue)));
        yield return ("not-utf-8", ChangeHeader(
            [0x82, 0xA4, .. "host"u8, 0xAE, 0xF0, 0x9F, 0x92, (byte)'A', 0xED, 0xA0, 0x80, 0xC3, (byte)'(', 0xFF, 0xC0, 0x80, 0xE2, 0x82, 0xA6, .. "kernel"u8, 0xC0]));
        yield return ("keys-that-are-nil", ChangeHeader([0x82, 0xC0, 0x01, 0xA4, .. "host"u8, 0xA1, (byte)'h']));
        yield return ("behind-the-footer", [.. Write(few, eventsPerChunk: 2), .. BehindFooter(Write(few, eventsPerChunk: 2))]);
    }

    /// <summary>Payloads that must not be read.</summary>
    private static IEnumerable<(string Name, byte[] File)> Malformed()
    {
        yield return ("column-twice", ChangeSecond(block => block.WithRaw(Payloads.WithColumn(block.Raw, (byte)ColumnId.Pid, encoding: 1, []))));
        yield return ("bytes-behind-columns", ChangeSecond(block => block.WithRaw([.. block.Raw, 0])));
        yield return ("chunk-of-no-bytes", ChangeSecond(block =>
        {
            block.Header.Events = 0;
            block.WithRaw([]);
        }));
        yield return ("too-long-varint", ChangeSecond(block => block.WithRaw(
            [(byte)(block.Raw[0] | 0x80), 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0, .. block.Raw[1..]])));
        yield return ("malformed-block-with-a-promise", ChangeSecond(block =>
        {
            (block.Header.Watermark, block.Header.LossCounters) = (ulong.MaxValue, new LossCounters(7, 7, 7, 7, 7));
            block.WithRaw([]);
        }));
        yield return ("metadata-with-a-key-that-is-no-text", ChangeHeader([0x81, 0x07, 0x01]));
        yield return ("metadata-with-nil-for-a-number", ChangeHeader([0x81, 0xA4, .. "cpus"u8, 0xC0]));
        yield return ("metadata-with-a-double-for-a-number", ChangeHeader([0x81, 0xA4, .. "cpus"u8, 0xCB, 0x40, 0, 0, 0, 0, 0, 0, 0]));
        yield return ("metadata-with-a-short-array", ChangeHeader([0x81, 0xA5, .. "start"u8, 0x92, 1, 2]));
    }

    /// <summary>As a later version may write them.</summary>
    private static IEnumerable<(string Name, byte[] File)> Later()
    {
        yield return ("later-minor-version", Change(block => block.Header.Minor = 9));
        yield return ("longer-block-headers", Change(block => Lengthen(block, [.. BlockHeader.Magic, 1, 2, 3, 4, 5, 6, 7])));
        yield return ("longest-block-headers", Change(block =>
            Lengthen(block, new byte[BlockHeader.MaxSize - BlockHeader.Size])));
        yield return ("unknown-kinds", Change(block => block.Header.Kind = block.Header.Sequence switch
        {
            2 => (BlockKind)99,
            3 => (BlockKind)255,
            _ => block.Header.Kind,
        }));
        yield return ("unknown-columns", ChangeChunks(raw => Payloads.WithColumn(raw, NewId, encoding: 77, [1, 2, 3])));
        yield return ("unknown-tables", ChangeChunks(raw => Payloads.WithTable(raw, rows: ulong.MaxValue)));
        yield return ("missing-columns", ChangeChunks(raw => Payloads.WithoutColumn(Payloads.WithoutColumn(raw, id: 14), id: 30)));
        yield return ("unknown-keys", Change(AddKey));
        yield return ("missing-keys", Change(block =>
        {
            if (block.Header.Kind == BlockKind.Header)
            {
                block.WithRaw([0x80]);
            }
            else if (block.Header.Kind == BlockKind.Footer)
            {
                block.WithRaw(WithTail([0x80]));
            }
        }));
        yield return ("longer-arrays", Change(block =>
        {
            if (block.Header.Kind == BlockKind.Header)
            {
                block.WithRaw(LongerArrays("start"));
            }
            else if (block.Header.Kind == BlockKind.Footer)
            {
                block.WithRaw(WithTail(LongerArrays("end", "ledger", "index")));
            }
        }));
    }

    private static IEnumerable<(string Name, byte[] File)> Refused()
    {
        yield return ("higher-major-version", Change(block => block.Header.Major = 2));
        yield return ("higher-major-version-in-second-section",
            [.. Write([Connect]), .. Change(block => block.Header.Major = 2)]);
        yield return ("no-capture", [.. "T PID COMM\n"u8]);
    }

    /// <summary>As accidents leave them.</summary>
    private static IEnumerable<(string Name, byte[] File)> Damaged()
    {
        var file = Write(few, eventsPerChunk: 2);
        var at = Captures.BlockOffsets(file);
        yield return ("no-footer", file[..at[^2]]);
        yield return ("cut-in-payload", file[..(at[3] - 5)]);
        yield return ("cut-in-block-header", file[..(at[2] + 60)]);
        yield return ("cut-in-magic", file[..5]);
        yield return ("no-bytes", []);
        yield return ("damaged-payload", Overwrite(file, at[2] + BlockHeader.Size + 9));
        yield return ("damaged-length", Overwrite(file, at[2] + 40));
        yield return ("damaged-header-block", Overwrite(file, at[0] + 20));
        yield return ("damaged-footer", Overwrite(file, at[^1] - 3));
        yield return ("damaged-amid-magics", Overwrite(WithMagicsInHeader(), at: 20));
        yield return ("garbage-between", [.. file[..at[2]], .. "garbage"u8, .. file[at[2]..]]);
        yield return ("garbage-at-the-ends", [.. "garbage"u8, .. file, .. BlockHeader.Magic, .. "garbage"u8]);
        yield return ("missing-chunk", [.. file[..at[2]], .. file[at[3]..]]);
        yield return ("repeated-chunk", [.. file[..at[3]], .. file[at[1]..]]);
        yield return ("swapped-chunks", [.. file[..at[1]], .. file[at[2]..at[3]], .. file[at[1]..at[2]], .. file[at[3]..]]);
        yield return ("cut-then-joined", [.. file[..(at[2] + 60)], .. Write([Connect], section: 2)]);
        yield return ("unknown-codec", ChangeSecond(block => block.Header.Codec = (BlockCodec)9));
        yield return ("unknown-encoding", ChangeSecond(block => block.WithRaw(
            Payloads.WithColumn(Payloads.WithoutColumn(block.Raw, id: 1), id: 1, encoding: 77, [1, 2, 3]))));
        yield return ("lz4-distance-0", ChangeSecond(block => Lz4Bytes.PutInto(block, distance: 0)));
        yield return ("lz4-distance-beyond-the-beginning", ChangeSecond(block => Lz4Bytes.PutInto(block, distance: block.Raw.Length)));
        yield return ("wrong-raw-length", ChangeSecond(block => block.Header.RawLength++));
        yield return ("wrong-event-count", ChangeSecond(block => block.Header.Events++));
        yield return ("too-many-events", ChangeSecond(block => block.Header.Events = BlockHeader.MaxEvents + 1));
        yield return ("too-long-raw-payload", ChangeSecond(block => block.Header.RawLength = BlockHeader.MaxPayload + 1));
        yield return ("malformed-metadata", ChangeHeader([0x81, 0xA4, .. "cpus"u8, 0xA1, (byte)'4']));
        yield return ("metadata-with-a-length-beyond-its-end", ChangeHeader([0x81, 0xA1, (byte)'x', 0xC6, 0xFF, 0xFF, 0xFF, 0xFF]));
        yield return ("metadata-with-too-many-elements", ChangeHeader(
            [0x81, 0xA6, .. "limits"u8, 0xDD, 0, 2, 0, 1, .. new byte[(1 << 17) + 1].Select(_ => (byte)0xA0)]));
    }

    private static byte[] Write(
        TcpEvent[] events, int eventsPerChunk = 1000, int section = 1, CaptureHeader? header = null, LossCounters? ledger = null,
        Action<CaptureWriter>? between = null)
    {
        var stream = new MemoryStream();
        var writer = new CaptureWriter(stream, header ?? Captures.Header, eventsPerChunk * TcpEvent.Size, FileId(section))
        {
            // What is not in order arrives so; nothing is promised of it.
            Watermark = events.Zip(events.Skip(1)).All(pair => pair.First.Timestamp <= pair.Second.Timestamp) ? null : 0,
        };
        writer.Append(events.AsSpan(0, events.Length / 2));
        between?.Invoke(writer);
        writer.Append(events.AsSpan(events.Length / 2));
        writer.LossCounters = ledger;
        writer.Complete("end of test", Captures.Clock);
        return stream.ToArray();
    }

    private static byte[] WriteBlocks(CaptureHeader header, Action<CaptureWriter> write)
    {
        var stream = new MemoryStream();
        write(new CaptureWriter(stream, header, fileId: FileId(1)));
        return stream.ToArray();
    }

    /// <summary>The column of the first kinds, in more bits than they need, and with the bits set that belong to none.</summary>
    private static byte[] SpareBits(byte[] raw)
    {
        var columns = new ColumnSet();
        columns.Open(raw, 2);
        var kinds = columns.Read(raw, ColumnId.Kind);
        var packed = new byte[BitPacking.ByteCount(kinds.Length, 55)];
        BitPacking.Pack(kinds, 55, packed);
        packed[^1] |= (byte)(0xFF << (kinds.Length * 55 % 8));
        return [55, 0, 0, .. packed];
    }

    /// <summary>The last chunk once more, as the block after the footer.</summary>
    private static byte[] BehindFooter(byte[] file)
    {
        var blocks = CaptureBlock.Split(file);
        blocks[^2].Header.Sequence = blocks[^1].Header.Sequence + 1;
        return blocks[^2].ToArray();
    }

    /// <summary>Promises with each chunk what is true of all that follow.</summary>
    private static byte[] WriteLikeRecorder(TcpEvent[] events)
    {
        var stream = new MemoryStream();
        var writer = new CaptureWriter(stream, Captures.Header, fileId: FileId(1));
        for (var i = 0; i < events.Length; i += 4)
        {
            writer.Append(events.AsSpan(i, Math.Min(4, events.Length - i)));
            writer.Watermark = events.Skip(i + 4).Select(one => one.Timestamp).DefaultIfEmpty(ulong.MaxValue).Min();
            writer.CloseChunk();
            if (i == 8)
            {
                writer.Watermark = 0;
                writer.WriteContext(new CaptureContext { Clocks = [Captures.Clock] });
            }
        }

        writer.CloseChunk();
        writer.Complete("end of test", Captures.Clock);
        return stream.ToArray();
    }

    private static Guid FileId(int section)
    {
        var id = new byte[16];
        new Random(section).NextBytes(id);
        return new Guid(id);
    }

    private static byte[] Change(Action<CaptureBlock> change) => Change(Write(few, eventsPerChunk: 2), change);

    /// <summary>Changes each block of a section, and the footer last, when it tells of the others as they are now.</summary>
    private static byte[] Change(byte[] file, Action<CaptureBlock> change)
    {
        var blocks = CaptureBlock.Split(file);
        var index = new List<BlockEntry>();
        var offset = 0;
        foreach (var block in blocks.SkipLast(1))
        {
            change(block);
            var head = block.Header;
            index.Add(BlockEntry.Of(in head, offset));
            offset += block.ToArray().Length;
        }

        var buffer = new ArrayBufferWriter<byte>();
        (CaptureFooter.Read(blocks[^1].Raw) with
        {
            Index = index,
            SectionBytes = offset,
            RawBytes = blocks.Where(block => block.Header.Kind == BlockKind.Chunk).Sum(block => block.Header.RawLength),
        }).Write(buffer);
        change(blocks[^1].WithRaw(buffer.WrittenSpan.ToArray()));
        return CaptureBlock.Join(blocks);
    }

    private static byte[] ChangeSecond(Action<CaptureBlock> change) => Change(block =>
    {
        if (block.Header.Sequence == 2)
        {
            change(block);
        }
    });

    private static byte[] ChangeHeader(byte[] map) => Change(block =>
    {
        if (block.Header.Kind == BlockKind.Header)
        {
            block.WithRaw(map, pack: map.Length > 1000);
        }
    });

    private static byte[] ChangeChunks(Func<byte[], byte[]> change) => Change(block =>
    {
        if (block.Header.Kind == BlockKind.Chunk)
        {
            block.WithRaw(change(block.Raw));
        }
    });

    private static byte[] Repack(byte[] file, bool pack) => Change(file, block =>
    {
        if (block.Header.Kind != BlockKind.Footer)
        {
            block.WithRaw(block.Raw, pack);
        }
    });

    /// <summary>Where a search goes on after damage, there is much that only looks like a block.</summary>
    private static byte[] WithMagicsInHeader()
    {
        byte[] magics = [.. Enumerable.Repeat(BlockHeader.Magic.ToArray(), 30).SelectMany(magic => magic)];
        return ChangeHeader([0x81, 0xA1, (byte)'x', 0xC4, (byte)magics.Length, .. magics]);
    }

    private static byte[] Overwrite(byte[] file, int at)
    {
        var damaged = (byte[])file.Clone();
        damaged[at] ^= 0xFF;
        return damaged;
    }

    /// <summary>Puts a key that nobody knows before the others, with something of every type.</summary>
    private static void AddKey(CaptureBlock block)
    {
        if (block.Header.Kind == BlockKind.Chunk)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.Write("x-unknown");
        writer.WriteMapHeader(3);
        writer.Write(1.5f);
        writer.WriteArrayHeader(6);
        writer.WriteNil();
        writer.Write(true);
        writer.Write(1.5);
        writer.Write(long.MinValue);
        writer.Write(new byte[300]);
        writer.Write(new string('x', 40));
        writer.Write(DateTime.UnixEpoch);
        writer.WriteExtensionFormat(new ExtensionResult(77, new byte[5]));
        writer.WriteArrayHeader(0);
        writer.WriteMapHeader(0);
        writer.Flush();
        var raw = block.Raw;
        byte[] longer = [(byte)(raw[0] + 1), .. buffer.WrittenSpan, .. raw[1..]];
        block.WithRaw(block.Header.Kind == BlockKind.Footer ? WithTail(longer[..^CaptureFooter.TailSize]) : longer);
    }

    /// <summary>Arrays of a fixed number of elements, with two more.</summary>
    private static byte[] LongerArrays(params string[] keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(keys.Length);
        foreach (var key in keys)
        {
            writer.Write(key);
            if (key == "index")
            {
                writer.WriteArrayHeader(1);
            }

            var known = key switch { "ledger" => 5, "index" => 7, _ => 3 };
            writer.WriteArrayHeader(known + 2);
            for (var i = 1; i <= known; i++)
            {
                writer.Write(i);
            }

            writer.WriteNil();
            writer.WriteArrayHeader(1);
            writer.Write("new");
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] WithTail(byte[] map, int newFields = 0) =>
    [
        .. map, .. BitConverter.GetBytes((ulong)(BlockHeader.Size + newFields + map.Length + CaptureFooter.TailSize)),
        .. CaptureFooter.EndMagic,
    ];

    /// <summary>Makes a block header longer; the footer's tail tells it.</summary>
    private static void Lengthen(CaptureBlock block, byte[] newFields)
    {
        block.NewFields = newFields;
        if (block.Header.Kind == BlockKind.Footer)
        {
            block.WithRaw(WithTail(block.Raw[..^CaptureFooter.TailSize], newFields.Length));
        }
    }
}
