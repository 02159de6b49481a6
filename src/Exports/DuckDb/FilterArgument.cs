using TraceCap.Analyzer.Filters;

namespace TraceCap.Exports.DuckDb;

/// <summary>An argument of a table that chooses its rows. It is an option of the command line, and its value is read as there.</summary>
/// <param name="Name">What it is called. SQL has some names for itself: these stand in double quotes.</param>
/// <param name="Option">The option.</param>
/// <param name="Doc">What it means.</param>
internal sealed record FilterArgument(string Name, string Option, string Doc)
{
    /// <summary>Those of events.</summary>
    internal static IReadOnlyList<FilterArgument> OfEvents { get; } =
    [
        new("from", "--from", "from this time on, such as '2026-01-31T23:59:59Z', '-5m' or 1.5 (seconds since the capture begins)"),
        new("to", "--to", "before this time; also '+5m', after \"from\""),
        new("type", "--type", "these types, such as 'CX'"),
        new("port", "--port", "one of these ports, at either end"),
        new("addr", "--addr", "one of these addresses or ranges, at either end"),
        new("pid", "--pid", "one of these processes"),
        new("uid", "--uid", "this user"),
        new("comm", "--comm", "threads of this name"),
        new("netns", "--netns", "this network namespace"),
        new("container", "--container", "this container, by the first digits of its id"),
        new("unit", "--unit", "this systemd unit"),
        new("cgroup", "--cgroup", "this cgroup and those below it"),
    ];

    /// <summary>Those of connections.</summary>
    internal static IReadOnlyList<FilterArgument> OfConnections { get; } =
    [
        .. OfEvents,
        new("local_port", "--local-port", "one of these ports of the recorded host"),
        new("peer_port", "--peer-port", "one of these ports of the other end"),
        new("min", "--min", "at least this lifetime, such as '5ms'"),
    ];

    /// <summary>Whether SQL has the name for itself.</summary>
    internal bool IsReserved => Name is "from" or "to";

    /// <summary>The name as it stands in SQL.</summary>
    internal string SqlName => $"\"{Name}\"";

    /// <summary>Adds values to a filter.</summary>
    internal FilterText AddTo(FilterText filter, IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            filter.Option(Option, value);
        }

        return filter;
    }
}
