using TraceCap.Analyzer.Fields;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Filters;

/// <summary>Reads a field of an event.</summary>
internal delegate FieldValue EventGet(in TcpEvent e, EventContext context);

/// <summary>The fields that events have.</summary>
internal static class EventFields
{
    private static readonly Field time = new("time", FieldTypes.Instant, "when it happened");
    private static readonly Field monotonic = new("monotonic_ns", FieldTypes.Monotonic, "the same by CLOCK_MONOTONIC", "monotonic");

    private static readonly Field type = new("event.name", new WordType(Words.Types) { Spelling = TypeOf }, "what happened, also as its letter or word in tables", "event", "type");
    private static readonly Field cpu = new("cpu.logical_number", FieldTypes.Number, "the CPU", "cpu");
    private static readonly Field sequence = new("sequence", FieldTypes.Id, "counts the events of that CPU, also those that were lost");
    private static readonly Field flags = new("flags", new WordSetType(Words.Flags), "what is special about it");

    /// <summary>All of them.</summary>
    internal static FieldSet<EventGet> Set { get; } = new(
        "events",
        [
            new(time, (in e, context) => FieldValue.At(e.Timestamp, context.Clock?.WallOffset)),
            new(monotonic, (in e, _) => FieldValue.Of(e.Timestamp)),
            new(type, (in e, _) => FieldValue.Of((ulong)e.Type)),
            new(CommonFields.Host, (in e, context) => FieldValue.Of(context.MergedHostOf(in e) ?? context.Header?.Host)),
            new(CommonFields.IpVersion, (in e, _) => FieldValue.Of(e.IpVersion)),
            new(CommonFields.LocalAddress, (in e, _) => FieldValue.Of(in e.LocalAddress, e.IpVersion)),
            new(CommonFields.LocalPort, (in e, _) => FieldValue.Of(e.LocalPort)),
            new(CommonFields.PeerAddress, (in e, _) => FieldValue.Of(in e.PeerAddress, e.IpVersion)),
            new(CommonFields.PeerPort, (in e, _) => FieldValue.Of(e.PeerPort)),
            new(CommonFields.State, (in e, _) => FieldValue.If(e.State != 0, e.State)),
            new(CommonFields.Id, (in e, _) => FieldValue.If(e.Connection != 0, e.Connection)),
            new(CommonFields.Pid, (in e, _) => OfTask(in e, e.Pid)),
            new(CommonFields.ContainerPid, (in e, _) => FieldValue.If(e.ContainerPid != 0, e.ContainerPid)),
            new(CommonFields.Tid, (in e, _) => FieldValue.If(e.HasThread, e.Tid)),
            new(CommonFields.Process, (in e, _) => e.HasTask ? FieldValue.Of(in e.Comm) : default),
            new(CommonFields.Uid, (in e, _) => FieldValue.If(e.HasThread || e.Uid != 0, e.Uid)),
            new(CommonFields.Netns, (in e, _) => FieldValue.If(e.Netns != 0, e.Netns)),
            new(CommonFields.NetnsName, (in e, context) => FieldValue.Of(context.Names.NetnsOf(in e))),
            new(CommonFields.NetnsId, (in e, _) => FieldValue.If(e.NetnsId != 0, e.NetnsId)),
            new(CommonFields.Mntns, (in e, _) => FieldValue.If(e.Mntns != 0, e.Mntns)),
            new(CommonFields.Pidns, (in e, _) => FieldValue.If(e.Pidns != 0, e.Pidns)),
            new(CommonFields.CgroupId, (in e, _) => FieldValue.If(e.Cgroup != 0, e.Cgroup)),
            new(CommonFields.Cgroup, Cgroup),
            new(CommonFields.Container, Cgroup),
            new(CommonFields.Runtime, Cgroup),
            new(CommonFields.Pod, Cgroup),
            new(CommonFields.Unit, Cgroup),
            new(cpu, (in e, _) => FieldValue.Of(e.Cpu)),
            new(sequence, (in e, _) => FieldValue.Of(e.Sequence)),
            new(flags, (in e, _) => FieldValue.If(e.Flags != 0, (ulong)e.Flags)),
            new(CommonFields.ConnectTime, (in e, _) => FieldValue.If(e.Type is TcpEventType.Connect or TcpEventType.ConnectFailed && e.Duration != 0, e.Duration)),
            new(CommonFields.AcceptTime, (in e, _) => FieldValue.If(e.Type == TcpEventType.Accept && e.Duration != 0, e.Duration)),
            new(CommonFields.TcpEnd, (in e, _) => TcpEnds.Of(in e) is var end && end == TcpEnd.Unknown ? default : FieldValue.Of((ulong)end)),
            new(CommonFields.Errno, Error),
            new(CommonFields.Error, Error),
            new(CommonFields.SentBytes, (in e, _) => WhenOver(in e, e.BytesSent)),
            new(CommonFields.AckedBytes, (in e, _) => WhenOver(in e, e.BytesAcked)),
            new(CommonFields.ReceivedBytes, (in e, _) => WhenOver(in e, e.BytesReceived)),
            new(CommonFields.SentSegments, (in e, _) => WhenOver(in e, e.SegmentsSent)),
            new(CommonFields.ReceivedSegments, (in e, _) => WhenOver(in e, e.SegmentsReceived)),
            new(CommonFields.Retransmits, (in e, _) => WhenOver(in e, e.Retransmits)),
            new(CommonFields.Rtt, (in e, _) => WhenOver(in e, e.SmoothedRtt)),
        ],
        (CommonFields.EitherAddress, [CommonFields.LocalAddress, CommonFields.PeerAddress]),
        (CommonFields.EitherPort, [CommonFields.LocalPort, CommonFields.PeerPort]),
        ("port", [CommonFields.LocalPort, CommonFields.PeerPort]));

    private static FieldValue Cgroup(in TcpEvent e, EventContext context) => FieldValue.Of(context.Names.CgroupOf(in e));

    private static FieldValue Error(in TcpEvent e, EventContext context) => FieldValue.If(
        e.Type == TcpEventType.ConnectFailed || (e.Type == TcpEventType.Ended && e.Error != 0), e.Error);

    private static FieldValue WhenOver(in TcpEvent e, ulong counter) => FieldValue.If(e.Tells(counter), counter);

    /// <summary>Not of all events it is known who did it.</summary>
    private static FieldValue OfTask(in TcpEvent e, uint number) => FieldValue.If(e.HasTask || number != 0, number);

    /// <summary>The word in JSON of a type that is written as in tables.</summary>
    private static string? TypeOf(string text) =>
        EventTypes.All.FirstOrDefault(one => text == one.Word || (text.Length == 1 && char.ToUpperInvariant(text[0]) == one.Letter))?.JsonWord;
}
