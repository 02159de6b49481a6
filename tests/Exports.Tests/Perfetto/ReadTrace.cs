using Perfetto.Protos;

namespace TraceCap.Exports.Tests.Perfetto;

/// <summary>A slice or an instant as trace_processor has it: words in place of their numbers.</summary>
internal sealed record ReadSlice(string Name, string Category, ulong Track, ulong Begin, IReadOnlyDictionary<string, object> Arguments)
{
    /// <summary>When it ended; null if it did not.</summary>
    public ulong? End { get; set; }
}

/// <summary>A trace, read as trace_processor reads it: packets in the order of time, those of one time as they stand, interned words
/// as they stand.</summary>
internal sealed class ReadTrace
{
    internal ReadTrace(byte[] file)
    {
        Packets = [.. Trace.Parser.ParseFrom(file).Packet];
        Assert.Equal(file.Length > 0, Packets.Count > 0);
        var events = new List<(ulong Time, TrackEvent Event, ReadSlice? Slice)>();
        Dictionary<ulong, string> names = [], categories = [], keys = [];
        foreach (var packet in Packets)
        {
            Assert.NotEqual(0u, packet.TrustedPacketSequenceId);
            if ((packet.SequenceFlags & 1) != 0)
            {
                names.Clear();
                categories.Clear();
                keys.Clear();
                Resets++;
            }

            foreach (var word in packet.InternedData?.EventNames ?? [])
            {
                names.Add(word.Iid, word.Name);
            }

            foreach (var word in packet.InternedData?.EventCategories ?? [])
            {
                categories.Add(word.Iid, word.Name);
            }

            foreach (var word in packet.InternedData?.DebugAnnotationNames ?? [])
            {
                keys.Add(word.Iid, word.Name);
            }

            if (packet.TrackDescriptor is { } track)
            {
                Tracks.Add(track.Uuid, track);
            }

            foreach (var clock in packet.ClockSnapshot is null ? [] : new[] { packet.ClockSnapshot })
            {
                Clocks.Add(clock.Clocks.ToDictionary(one => one.ClockId, one => one.Timestamp));
            }

            if (packet.TrackEvent is { } e)
            {
                Assert.True(Tracks.ContainsKey(e.TrackUuid), "a track is described before its events");
                var slice = e.NameFieldCase != TrackEvent.NameFieldOneofCase.NameIid ? null : new ReadSlice(
                    names[e.NameIid],
                    categories[e.CategoryIids.Single()],
                    e.TrackUuid,
                    packet.Timestamp,
                    e.DebugAnnotations.ToDictionary(one => keys[one.NameIid], Value));
                events.Add((packet.Timestamp, e, slice));
            }
        }

        var open = new Dictionary<ulong, Stack<ReadSlice>>();
        foreach (var (time, e, slice) in events.OrderBy(one => one.Time))
        {
            var stack = open.TryGetValue(e.TrackUuid, out var known) ? known : open[e.TrackUuid] = new Stack<ReadSlice>();
            switch (e.Type)
            {
                case TrackEvent.Types.Type.SliceBegin:
                    // They stand side by side, and never in one another.
                    Assert.Empty(stack);
                    stack.Push(slice!);
                    Slices.Add(slice!);
                    break;
                case TrackEvent.Types.Type.SliceEnd:
                    stack.Pop().End = time;
                    break;
                case TrackEvent.Types.Type.Instant:
                    Instants.Add(slice!);
                    break;
                case TrackEvent.Types.Type.Counter:
                    Assert.NotNull(Tracks[e.TrackUuid].Counter);
                    Counters.Add((e.TrackUuid, time, e.CounterValue));
                    break;
                default:
                    Assert.Fail("an event of no type");
                    break;
            }
        }
    }

    internal IReadOnlyList<TracePacket> Packets { get; }

    internal Dictionary<ulong, TrackDescriptor> Tracks { get; } = [];

    internal List<Dictionary<uint, ulong>> Clocks { get; } = [];

    internal List<ReadSlice> Slices { get; } = [];

    internal List<ReadSlice> Instants { get; } = [];

    internal List<(ulong Track, ulong Time, long Value)> Counters { get; } = [];

    internal int Resets { get; private set; }

    /// <summary>Slices of tracks of this name.</summary>
    internal IEnumerable<ReadSlice> On(string track) => Slices.Where(slice => Tracks[slice.Track].Name == track);

    /// <summary>The values of a counter.</summary>
    internal IReadOnlyList<(ulong Time, long Value)> Counter(string name) =>
        [.. Counters.Where(one => Tracks[one.Track].Name == name).Select(one => (one.Time, one.Value))];

    private static object Value(DebugAnnotation one) => one.ValueCase switch
    {
        DebugAnnotation.ValueOneofCase.BoolValue => one.BoolValue,
        DebugAnnotation.ValueOneofCase.UintValue => one.UintValue,
        DebugAnnotation.ValueOneofCase.StringValue => one.StringValue,
        _ => throw new FormatException($"an annotation has {one.ValueCase}"),
    };
}
