using TraceCap.Exports.Protobuf;
using Fields = TraceCap.Exports.Perfetto.TraceFields;

namespace TraceCap.Exports.Perfetto;

/// <summary>
/// Writes the packets of a trace. All are of one sequence, on which words are sent once and then told by their number. Memory is
/// bounded: when there are very many words, all of them are forgotten, which the sequence says.
/// </summary>
/// <param name="output">Where the trace goes.</param>
/// <param name="sequence">The number of the sequence: not 0.</param>
internal sealed class TraceWriter(Stream output, uint sequence)
{
    private const int MostWords = 1 << 14;
    private const int Together = 1 << 16;

    private readonly ProtoWriter proto = new();
    private readonly InternedWords names = new(Fields.InternedData.EventNames);
    private readonly InternedWords categories = new(Fields.InternedData.EventCategories);
    private readonly InternedWords keys = new(Fields.InternedData.DebugAnnotationNames);
    private bool isBegun;
    private bool isStateKnown;
    private ulong uuids;

    /// <summary>By which clock packets are stamped; 0 for none that is known.</summary>
    internal ulong Clock { get; set; }

    /// <summary>The id of a new track. Two traces that are put together hardly ever have the same ones.</summary>
    internal ulong NewTrack() => (++uuids * 0x9e37_79b9_7f4a_7c15) ^ ((ulong)sequence << 32);

    /// <summary>Says what several clocks show at one instant.</summary>
    internal void ClockSnapshot(params ReadOnlySpan<(ulong Clock, ulong Time)> clocks)
    {
        var packet = Begin();
        var snapshot = proto.Begin(Fields.TracePacket.ClockSnapshot);
        foreach (var (clock, time) in clocks)
        {
            var one = proto.Begin(Fields.ClockSnapshot.Clocks);
            proto.Number(Fields.ClockSnapshot.ClockId, clock);
            proto.Number(Fields.ClockSnapshot.Timestamp, time);
            proto.End(one);
        }

        proto.End(snapshot);
        proto.End(packet);
    }

    /// <summary>Describes a track.</summary>
    /// <param name="name">Its name, or that of the process.</param>
    /// <param name="parent">The track that it stands below; 0 for none.</param>
    /// <param name="pid">The process that it is the track of; null if it is of none.</param>
    /// <param name="isCounter">Whether it is of a counter.</param>
    /// <param name="description">What is to be known about it; may be empty.</param>
    /// <returns>Its id.</returns>
    internal ulong Track(string name, ulong parent = 0, uint? pid = null, bool isCounter = false, string description = "")
    {
        var uuid = NewTrack();
        var packet = Begin();
        var track = proto.Begin(Fields.TracePacket.TrackDescriptor);
        proto.Number(Fields.TrackDescriptor.Uuid, uuid);
        if (parent != 0)
        {
            proto.Number(Fields.TrackDescriptor.ParentUuid, parent);
        }

        if (pid is { } number)
        {
            var process = proto.Begin(Fields.TrackDescriptor.Process);
            proto.Signed(Fields.ProcessDescriptor.Pid, unchecked((int)number));
            proto.Text(Fields.ProcessDescriptor.ProcessName, name);
            proto.End(process);
        }
        else
        {
            proto.Text(Fields.TrackDescriptor.Name, name);
        }

        if (isCounter)
        {
            var counter = proto.Begin(Fields.TrackDescriptor.Counter);
            proto.Number(Fields.CounterDescriptor.Unit, Fields.CounterDescriptor.Count);
            proto.End(counter);
        }

        if (description.Length > 0)
        {
            proto.Text(Fields.TrackDescriptor.Description, description);
        }

        proto.End(track);
        proto.End(packet);
        return uuid;
    }

    /// <summary>Writes an event that has neither a name nor anything else: the end of a slice.</summary>
    internal void SliceEnd(ulong time, ulong track)
    {
        var packet = Begin(time);
        var begun = proto.Begin(Fields.TracePacket.TrackEvent);
        proto.Number(Fields.TrackEvent.Type, (ulong)TrackEventType.SliceEnd);
        proto.Number(Fields.TrackEvent.TrackUuid, track);
        proto.End(begun);
        proto.End(packet);
    }

    /// <summary>Writes a counter's value.</summary>
    internal void Counter(ulong time, ulong track, long value)
    {
        var packet = Begin(time);
        var begun = proto.Begin(Fields.TracePacket.TrackEvent);
        proto.Number(Fields.TrackEvent.Type, (ulong)TrackEventType.Counter);
        proto.Number(Fields.TrackEvent.TrackUuid, track);
        proto.Signed(Fields.TrackEvent.CounterValue, value);
        proto.End(begun);
        proto.End(packet);
    }

    /// <summary>Begins an event with a name; annotations may follow, then <see cref="EndEvent"/>.</summary>
    /// <returns>What that takes.</returns>
    internal (int Packet, int Event) BeginEvent(TrackEventType type, ulong time, ulong track, string name, string category)
    {
        if (names.Count + keys.Count > MostWords)
        {
            isStateKnown = false;
        }

        var packet = Begin(time);
        var flags = Fields.TracePacket.NeedsIncrementalState;
        if (!isStateKnown)
        {
            names.Clear();
            categories.Clear();
            keys.Clear();
            flags |= Fields.TracePacket.IncrementalStateCleared;
            isStateKnown = true;
        }

        proto.Number(Fields.TracePacket.SequenceFlags, flags);
        var begun = proto.Begin(Fields.TracePacket.TrackEvent);
        proto.Number(Fields.TrackEvent.Type, (ulong)type);
        proto.Number(Fields.TrackEvent.TrackUuid, track);
        proto.Number(Fields.TrackEvent.NameIid, names.Of(name));
        proto.Number(Fields.TrackEvent.CategoryIids, categories.Of(category));
        return (packet, begun);
    }

    /// <summary>Says something about the event: a number.</summary>
    internal void Annotate(string key, ulong value)
    {
        var begun = BeginAnnotation(key);
        proto.Number(Fields.DebugAnnotation.UintValue, value);
        proto.End(begun);
    }

    /// <summary>Says something about the event: true or false.</summary>
    internal void Annotate(string key, bool value)
    {
        var begun = BeginAnnotation(key);
        proto.Flag(Fields.DebugAnnotation.BoolValue, value);
        proto.End(begun);
    }

    /// <summary>Says something about the event: a text.</summary>
    internal void Annotate(string key, string value)
    {
        var begun = BeginAnnotation(key);
        proto.Text(Fields.DebugAnnotation.StringValue, value);
        proto.End(begun);
    }

    /// <summary>Ends the event.</summary>
    internal void EndEvent((int Packet, int Event) begun)
    {
        proto.End(begun.Event);
        if (names.HasNew || categories.HasNew || keys.HasNew)
        {
            var interned = proto.Begin(Fields.TracePacket.InternedData);
            categories.WriteNew(proto);
            names.WriteNew(proto);
            keys.WriteNew(proto);
            proto.End(interned);
        }

        proto.End(begun.Packet);
    }

    /// <summary>Hands on all that was written.</summary>
    internal void Flush()
    {
        output.Write(proto.Written);
        proto.Clear();
    }

    private int BeginAnnotation(string key)
    {
        var begun = proto.Begin(Fields.TrackEvent.DebugAnnotations);
        proto.Number(Fields.DebugAnnotation.NameIid, keys.Of(key));
        return begun;
    }

    private int Begin(ulong time)
    {
        var packet = Begin();
        proto.Number(Fields.TracePacket.Timestamp, time);
        if (Clock != 0)
        {
            proto.Number(Fields.TracePacket.TimestampClockId, Clock);
        }

        return packet;
    }

    private int Begin()
    {
        if (proto.Written.Length >= Together)
        {
            Flush();
        }

        var packet = proto.Begin(Fields.Packet);
        proto.Number(Fields.TracePacket.TrustedPacketSequenceId, sequence);
        if (!isBegun)
        {
            proto.Flag(Fields.TracePacket.FirstPacketOnSequence, true);
            isBegun = true;
        }

        return packet;
    }
}
