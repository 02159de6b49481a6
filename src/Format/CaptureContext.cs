using System.Buffers;
using MessagePack;

namespace TraceCap.Format;

/// <summary>What events refer to and a reader must not have to guess. A capture holds as many as it needs; they add up.</summary>
public sealed record CaptureContext
{
    /// <summary>The clocks at one or more instants, oldest first.</summary>
    public IReadOnlyList<ClockAnchor> Clocks { get; init; } = [];

    /// <summary>What the section once held and has no more; usually nothing.</summary>
    public MissingEvents Missing { get; init; }

    internal void Write(IBufferWriter<byte> target)
    {
        var writer = new MessagePackWriter(target);
        writer.WriteMapHeader(Missing.IsNone ? 1 : 2);
        if (!Missing.IsNone)
        {
            writer.Write("missing");
            Missing.Write(ref writer);
        }

        writer.Write("clocks");
        writer.WriteArrayHeader(Clocks.Count);
        foreach (var clock in Clocks)
        {
            WriteClock(ref writer, clock);
        }

        writer.Flush();
    }

    internal static CaptureContext Read(ReadOnlyMemory<byte> payload)
    {
        var context = new CaptureContext();
        MessagePackMap.Read(payload, "context block", (ref MessagePackReader reader, string key) =>
        {
            switch (key)
            {
                case "clocks": context = context with { Clocks = MessagePackMap.ReadList(ref reader, ReadClock) }; break;
                case "missing": context = context with { Missing = MissingEvents.Read(ref reader) }; break;
                default: return false;
            }

            return true;
        });
        return context;
    }

    internal static void WriteClock(ref MessagePackWriter writer, ClockAnchor clock)
    {
        writer.WriteArrayHeader(3);
        writer.Write(clock.Monotonic);
        writer.Write(clock.Boottime);
        writer.Write(clock.Realtime);
    }

    internal static ClockAnchor ReadClock(ref MessagePackReader reader)
    {
        var length = reader.ReadArrayHeader();
        if (length < 3)
        {
            throw new CaptureFormatException($"a clock anchor has {length} values where it should have 3");
        }

        var clock = new ClockAnchor(reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        MessagePackMap.SkipRest(ref reader, length, 3);
        return clock;
    }
}
