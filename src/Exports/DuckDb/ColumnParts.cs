using System.Collections.Frozen;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Exports.Schema;
using TraceCap.Format.Events;
using Column = TraceCap.Exports.Schema.Column;

namespace TraceCap.Exports.DuckDb;

/// <summary>Which parts of an event its columns are made of, so that no others are decoded. A column that is not listed is made of
/// all of them: right, and slow.</summary>
internal static class ColumnParts
{
    private const EventParts Ip = EventParts.Socket | EventParts.Kind;
    private const EventParts NameOfTask = EventParts.Task | EventParts.Socket;
    private const EventParts Counter = EventParts.Counters | EventParts.Kind;
    private const EventParts Duration = EventParts.Duration | EventParts.Kind;

    private static readonly FrozenDictionary<string, EventParts> byName = new (Field Field, EventParts Parts)[]
    {
        // A merged capture tells its hosts by the numbers of sockets, and names by both.
        (CommonFields.Host, EventParts.Socket),
        (CommonFields.IpVersion, EventParts.Kind),
        (CommonFields.LocalAddress, Ip),
        (CommonFields.LocalPort, EventParts.Socket),
        (CommonFields.PeerAddress, Ip),
        (CommonFields.PeerPort, EventParts.Socket),
        (CommonFields.State, EventParts.Kind),
        (CommonFields.Id, EventParts.Socket),
        (CommonFields.Pid, EventParts.Task),
        (CommonFields.ContainerPid, EventParts.Task),
        (CommonFields.Tid, EventParts.Task),
        (CommonFields.Process, EventParts.Task),
        (CommonFields.Uid, EventParts.Task),
        (CommonFields.Netns, EventParts.Socket),
        (CommonFields.NetnsName, EventParts.Socket),
        (CommonFields.NetnsId, EventParts.Socket),
        (CommonFields.Mntns, EventParts.Task),
        (CommonFields.Pidns, EventParts.Task),
        (CommonFields.CgroupId, EventParts.Task),
        (CommonFields.Cgroup, NameOfTask),
        (CommonFields.Container, NameOfTask),
        (CommonFields.Runtime, NameOfTask),
        (CommonFields.Pod, NameOfTask),
        (CommonFields.Unit, NameOfTask),
        (CommonFields.ConnectTime, Duration),
        (CommonFields.AcceptTime, Duration),
        (CommonFields.TcpEnd, EventParts.Kind),
        (CommonFields.Errno, EventParts.Kind),
        (CommonFields.Error, EventParts.Kind),
        (CommonFields.SentBytes, Counter),
        (CommonFields.AckedBytes, Counter),
        (CommonFields.ReceivedBytes, Counter),
        (CommonFields.SentSegments, Counter),
        (CommonFields.ReceivedSegments, Counter),
        (CommonFields.Retransmits, Counter),
        (CommonFields.Rtt, Counter),
    }
    .Select(one => (Column.Of(one.Field).Name, one.Parts))
    .Concat([
        (Column.Capture, EventParts.None),
        (Column.Date, EventParts.Time),
        ("time", EventParts.Time),
        ("monotonic_ns", EventParts.Time),
        ("event_name", EventParts.Kind),
        ("cpu_logical_number", EventParts.Cpu),
        ("sequence", EventParts.Sequence),
        ("flags", EventParts.Kind),
    ])
    .ToFrozenDictionary(one => one.Item1, one => one.Item2);

    /// <summary>Those of a column.</summary>
    internal static EventParts Of(Column column) => byName.GetValueOrDefault(column.Name, EventParts.All);

    /// <summary>What events share that have the same value in a column.</summary>
    internal static SharedBy SharedBy(Column column) => Of(column) switch
    {
        EventParts.None => DuckDb.SharedBy.Chunk,
        EventParts.Kind => DuckDb.SharedBy.Kind,
        EventParts.Task => DuckDb.SharedBy.Task,
        EventParts.Socket => DuckDb.SharedBy.Socket,
        NameOfTask => DuckDb.SharedBy.TaskOfHost,
        Ip => DuckDb.SharedBy.Ends,
        _ => DuckDb.SharedBy.None,
    };

    /// <summary>Whether a column is a time of day.</summary>
    internal static bool NeedsClock(Column column) => column.Kind is ColumnKind.Timestamp or ColumnKind.Date;

    /// <summary>Those that a filter looks at.</summary>
    internal static EventParts Of(CaptureFilter filter)
    {
        var events = filter.Events;
        return (filter.Time is null ? EventParts.None : EventParts.Time)
            | (events.Types is null && events.IpVersion is null ? EventParts.None : EventParts.Kind)
            | (events.Pids.IsEmpty && events.Uids.IsEmpty && events.Comm is null ? EventParts.None : EventParts.Task)
            | (events.Ports.IsEmpty && events.NetworkNamespaces.IsEmpty ? EventParts.None : EventParts.Socket)
            | (events.Addresses.IsEmpty ? EventParts.None : Ip)
            | (events.Cgroup is null ? EventParts.None : NameOfTask)
            | (events.Where is null && !events.Compat && !events.Plain ? EventParts.None : EventParts.All);
    }
}
