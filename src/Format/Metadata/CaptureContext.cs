using System.Buffers;
using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>What events refer to and a reader must not have to guess. A capture holds as many as it needs; they add up.</summary>
public sealed record CaptureContext
{
    /// <summary>The clocks at one or more instants, oldest first.</summary>
    public IReadOnlyList<ClockAnchor> Clocks { get; init; } = [];

    /// <summary>What the section once held and has no more; usually nothing.</summary>
    public MissingEvents Missing { get; init; }

    /// <summary>The cgroups that events refer to, by their ids.</summary>
    public IReadOnlyList<NamedId> Cgroups { get; init; } = [];

    /// <summary>The network namespaces that have a name, by their inode numbers.</summary>
    public IReadOnlyList<NamedId> NetworkNamespaces { get; init; } = [];

    /// <summary>Whether it tells of names and nothing else that this version knows.</summary>
    public bool IsOfNames => (Cgroups.Count > 0 || NetworkNamespaces.Count > 0) && Clocks.Count == 0 && Missing.IsNone;

    internal void Write(IBufferWriter<byte> target)
    {
        var writer = new MessagePackWriter(target);
        writer.WriteMapHeader((Missing.IsNone ? 1 : 2) + (Cgroups.Count > 0 ? 1 : 0) + (NetworkNamespaces.Count > 0 ? 1 : 0));
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

        WriteNames(ref writer, "cgroups", Cgroups);
        WriteNames(ref writer, "netns", NetworkNamespaces);
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
                case "cgroups": context = context with { Cgroups = MessagePackMap.ReadList(ref reader, NamedId.Read) }; break;
                case "netns": context = context with { NetworkNamespaces = MessagePackMap.ReadList(ref reader, NamedId.Read) }; break;
                default: return false;
            }

            return true;
        });
        return context;
    }

    private static void WriteNames(ref MessagePackWriter writer, string key, IReadOnlyList<NamedId> names)
    {
        if (names.Count > 0)
        {
            writer.Write(key);
            writer.WriteArrayHeader(names.Count);
            foreach (var name in names)
            {
                name.Write(ref writer);
            }
        }
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
