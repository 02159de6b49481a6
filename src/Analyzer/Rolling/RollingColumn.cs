using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Rolling;

/// <summary>A figure of a group in a window: the one place that says what it is called, how it reads, and when a narrow terminal does
/// without it. docs/top.md has the same list.</summary>
/// <param name="Name">What options call it.</param>
/// <param name="Header">What stands above it.</param>
/// <param name="Unit">What it is in.</param>
/// <param name="Goes">Where there is no room for all, the columns with the greatest numbers go first; that of 0 never does.</param>
/// <param name="Meaning">What it is, in a few words.</param>
/// <param name="Of">The figure of a group in a window of so many seconds; null if it has none.</param>
internal sealed record RollingColumn(
    string Name, string Header, MetricUnit Unit, int Goes, string Meaning, Func<RollingRow, double, double?> Of)
{
    /// <summary>All, from left to right.</summary>
    internal static IReadOnlyList<RollingColumn> All { get; } =
    [
        new("open", "OPEN", MetricUnit.Count, 1, "open at the end of the window", (row, _) => row.Open),
        Rate("new", "NEW/S", 0, "opened or accepted, a second", of => of.Opened + of.Accepted),
        Rate("failed", "FAILED/S", 0, "connects that failed, a second", of => of.Failed),
        Rate("closed", "CLOSED/S", 3, "ended, resets included, a second", of => of.Closed),
        Time("connect.p50", "CONN.P50", 5, "the median time to connect, of those opened in the window", 0.5),
        Time("connect.p99", "CONN.P99", 2, "what 99 % of these take no longer than to connect", 0.99),
        Bytes("bytes", "BYTES/S", 4, "payload sent and received by connections that ended in the window, a second", of => of.Sent + of.Received),
        Rate("reset", "RESET/S", 6, "over without both ends having finished them, a second", of => of.Reset),
        Rate("opened", "OPENED/S", 8, "opened by this host, a second", of => of.Opened),
        Rate("accepted", "ACCEPTED/S", 7, "accepted by this host, a second", of => of.Accepted),
        Bytes("sent", "SENT/S", 9, "payload that peers acknowledged, as bytes", of => of.Sent),
        Bytes("received", "RECV/S", 10, "payload received, as bytes", of => of.Received),
    ];

    /// <summary>By what rows are sorted if nobody says.</summary>
    internal static RollingColumn Usual => Find("new")!;

    /// <summary>So wide are all its values that are usual.</summary>
    internal int Width => Math.Max(Header.Length, 7);

    /// <summary>The column of a name; null if there is none.</summary>
    internal static RollingColumn? Find(string name) => All.FirstOrDefault(column => column.Name == name);

    /// <summary>The figure as people read it below the header: no unit that stands there already.</summary>
    internal string Text(RollingRow row, double seconds) => Of(row, seconds) is not { } value ? "-"
        : Unit == MetricUnit.Rate ? new Figure(value).ShortText(Unit)[..^2]
        : new Figure(value).ShortText(Unit);

    private static RollingColumn Rate(string name, string header, int goes, string meaning, Func<RollingCounts, long> of) =>
        new(name, header, MetricUnit.Rate, goes, meaning, (row, seconds) => Over(of(row.Counts), seconds));

    private static RollingColumn Bytes(string name, string header, int goes, string meaning, Func<RollingCounts, ulong> of) =>
        new(name, header, MetricUnit.Bytes, goes, meaning, (row, seconds) => Over(of(row.Counts), seconds));

    private static RollingColumn Time(string name, string header, int goes, string meaning, double share) =>
        new(name, header, MetricUnit.Time, goes, meaning, (row, _) => row.Counts.ConnectTimes?.At(share)?.Nanoseconds);

    private static double Over(double many, double seconds) => seconds > 0 ? many / seconds : 0;
}

/// <summary>An order of groups by a column: the greatest first, those without a figure last.</summary>
/// <param name="Column">Which one.</param>
/// <param name="IsReversed">Whether the least comes first.</param>
internal sealed record RollingOrder(RollingColumn Column, bool IsReversed)
{
    /// <summary>The order if nobody says another.</summary>
    internal static RollingOrder Usual { get; } = new(RollingColumn.Usual, IsReversed: false);

    /// <summary>Reads the name of a column; with a dash before it the least comes first.</summary>
    /// <exception cref="FormatException">There is no such column.</exception>
    internal static RollingOrder Parse(string text)
    {
        var name = text.TrimStart('-');
        var names = RollingColumn.All.Select(column => column.Name).ToArray();
        return RollingColumn.Find(name) is { } column
            ? new RollingOrder(column, text.StartsWith('-'))
            : throw new FormatException(NearestWord.Find(name, names) is { } nearest
                ? $"there is no column '{name}'; did you mean {nearest}?"
                : $"there is no column '{name}'; expected one of {string.Join(", ", names)}");
    }

    /// <summary>Groups in this order, of those equal the busier ones first, then by name; those that are not told apart stay last.</summary>
    internal IEnumerable<RollingRow> Sort(IEnumerable<RollingRow> rows, double seconds)
    {
        var sign = IsReversed ? 1 : -1;
        return rows.Select(row => (Row: row, Figure: Column.Of(row, seconds)))
            .OrderBy(one => one.Row.Key is null)
            .ThenBy(one => one.Figure is null)
            .ThenBy(one => sign * (one.Figure ?? 0))
            .ThenByDescending(one => one.Row.Counts.Weight)
            .ThenByDescending(one => one.Row.Open)
            .ThenBy(one => one.Row.Name, StringComparer.Ordinal)
            .Select(one => one.Row);
    }
}
