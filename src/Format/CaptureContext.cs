using System.Buffers;
using MessagePack;

namespace TraceCap.Format;

/// <summary>What events refer to and a reader must not have to guess. A capture holds as many as it needs; they add up.</summary>
public sealed record CaptureContext
{
    /// <summary>The clocks at one or more instants, oldest first.</summary>
    public IReadOnlyList<ClockAnchor> Clocks { get; init; } = [];

    internal void Write(IBufferWriter<byte> target)
    {
        var writer = new MessagePackWriter(target);
        writer.WriteMapHeader(1);
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
            if (key != "clocks")
            {
                return false;
            }

            context = context with { Clocks = MessagePackMap.ReadList(ref reader, ReadClock) };
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
