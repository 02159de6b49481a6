using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Splitting;

/// <summary>
/// Tells which part events belong to: that of what opened their connection, so that connections stay whole, also where another process closes
/// one, and TCP's end has no process at all.
/// </summary>
internal sealed class SplitRoutes(SplitBy by)
{
    /// <summary>What a part is called whose events have no such name.</summary>
    internal const string None = "none";

    private const ulong HourNanoseconds = 3600 * 1_000_000_000ul;

    /// <summary>TCP's end of a connection, or another event of it, rarely comes so many closes after its own.</summary>
    private const int MostClosed = 1 << 16;

    private readonly Dictionary<ulong, string> open = [];
    private Dictionary<ulong, string> closed = [];
    private Dictionary<ulong, string> closedBefore = [];

    /// <summary>Goes on to a section. Connections of the same boot go on.</summary>
    internal void Begin(bool isSameBoot)
    {
        if (!isSameBoot)
        {
            open.Clear();
            closed.Clear();
            closedBefore.Clear();
        }
    }

    /// <summary>What the part of an event is called; to be asked once for each, in the order of time.</summary>
    internal string Of(in TcpEvent one, EventContext context)
    {
        if (by is SplitBy.Hour or SplitBy.Size || one.Connection == 0)
        {
            return NameOf(in one, context);
        }

        // A connect on a socket that had another connection begins a new one.
        var begins = one.Type is TcpEventType.Connect or TcpEventType.ConnectFailed;
        if (begins || (!open.TryGetValue(one.Connection, out var name) && !closed.TryGetValue(one.Connection, out name) && !closedBefore.TryGetValue(one.Connection, out name)))
        {
            open[one.Connection] = name = NameOf(in one, context);
        }

        if (one.Type is TcpEventType.Close or TcpEventType.Ended && open.Remove(one.Connection))
        {
            Close(one.Connection, name);
        }

        return name;
    }

    private void Close(ulong connection, string name)
    {
        if (closed.Count == MostClosed)
        {
            (closedBefore, closed) = (closed, closedBefore);
            closed.Clear();
        }

        closed[connection] = name;
    }

    private string NameOf(in TcpEvent one, EventContext context) => by switch
    {
        SplitBy.Host => Or(context.MergedHostOf(in one) ?? context.Header?.Host),
        SplitBy.Process => Or(one.Comm.ToString()),
        SplitBy.Unit => Or(context.Names.CgroupOf(in one)?.Unit),
        SplitBy.Hour => context.Clock is { } clock ? Hour(unchecked(one.Timestamp + (ulong)clock.WallOffset)) : None,
        _ => "",
    };

    private static string Or(string? name) => string.IsNullOrEmpty(name) ? None : name;

    private static string Hour(ulong wall) => DateTime.UnixEpoch
        .AddTicks((long)(wall / HourNanoseconds * HourNanoseconds / 100))
        .ToString("yyyyMMdd'T'HH'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
