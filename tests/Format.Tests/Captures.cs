using System.Runtime.InteropServices;
using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests;

/// <summary>Makes captures in memory, and reads them back to their ends.</summary>
internal static class Captures
{
    internal static readonly ClockAnchor Clock = new(1_000_000_000, 2_000_000_000, 1_700_000_000_000_000_000);

    internal static readonly CaptureHeader Header = new()
    {
        Tool = "tracecap test",
        Host = "höst",
        Kernel = "6.1.0",
        Architecture = "x86_64",
        BootId = "b",
        Cpus = 2,
        Probes = "tracepoint",
        ProbesNotUsed = new Dictionary<string, string> { ["fentry"] = "refused: EPERM" },
        Limits = ["no io_uring"],
        Filters = new Dictionary<string, string> { ["pid"] = "1" },
        Options = new Dictionary<string, string> { ["buffer"] = "8 MiB" },
        Comment = "a comment",
        Start = Clock,
    };

    /// <summary>Events with every bit random.</summary>
    internal static Gen<TcpEvent> AnyEvent { get; } =
        Gen.Byte.Array[TcpEvent.Size].Select(bytes => MemoryMarshal.Read<TcpEvent>(bytes));

    /// <summary>Events of one second, some of them later than their successors.</summary>
    internal static TcpEvent[] Some(int count, int seed = 1)
    {
        var random = new Random(seed);
        var events = new TcpEvent[count];
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(MemoryMarshal.AsBytes(events.AsSpan(i, 1)));
            events[i].Timestamp = (ulong)((1_000_000_000L * (i + 1)) + random.Next(-1_500_000_000, 1));
            events[i].Type = "CAX"u8.ToArray().Select(letter => (TcpEventType)letter).ElementAt(i % 3);
        }

        return events;
    }

    internal static byte[] Write(
        ReadOnlySpan<TcpEvent> events, int eventsPerChunk = 4, bool complete = true, Action<CaptureWriter>? beforeEnd = null)
    {
        var stream = new MemoryStream();
        var writer = new CaptureWriter(stream, Header, eventsPerChunk * TcpEvent.Size) { Watermark = 0 };
        writer.Append(events);
        beforeEnd?.Invoke(writer);
        if (complete)
        {
            writer.Complete("end of test", Clock);
        }
        else if (writer.IsBehind)
        {
            writer.CloseChunk();
        }

        return stream.ToArray();
    }

    /// <summary>What a reader finds: its events in the order of arrival, and its last state.</summary>
    internal static (TcpEvent[] Events, CaptureReader Reader) Read(byte[] file) => Read(new MemoryStream(file));

    internal static (TcpEvent[] Events, CaptureReader Reader) Read(Stream file)
    {
        var reader = new CaptureReader(file);
        var events = new List<TcpEvent>();
        while (reader.Read())
        {
            events.AddRange(reader.Events);
        }

        return ([.. events], reader);
    }

    /// <summary>Where each block of an undamaged capture begins, and where the last one ends.</summary>
    internal static List<int> BlockOffsets(byte[] file)
    {
        var blocks = new BlockReader(new MemoryStream(file));
        var offsets = new List<int>();
        while (blocks.Read())
        {
            offsets.Add((int)blocks.Offset);
        }

        offsets.Add(file.Length);
        return offsets;
    }

    /// <summary>A reader of a capture in memory.</summary>
    internal static CaptureReader Reader(byte[] file) => new(new MemoryStream(file));

    /// <summary>What a stream gives: a capture's events in the order of time.</summary>
    internal static TcpEvent[] InOrder(byte[] file)
    {
        var stream = new EventStream(Reader(file));
        var events = new List<TcpEvent>();
        while (stream.Read(out var batch))
        {
            events.AddRange(batch);
        }

        return [.. events];
    }
}
