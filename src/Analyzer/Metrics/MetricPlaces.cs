namespace TraceCap.Analyzer.Metrics;

/// <summary>A line of a summary, in the order in which they are shown.</summary>
internal enum SummaryLine
{
    /// <summary>How long, and where.</summary>
    Recorded,

    /// <summary>How far the clocks of several hosts are apart.</summary>
    Clocks,

    /// <summary>How many there were.</summary>
    Connections,

    /// <summary>How they began.</summary>
    Begun,

    /// <summary>How they ended.</summary>
    Ended,

    /// <summary>How long they lived.</summary>
    Lifetime,

    /// <summary>How well that is known.</summary>
    Confidence,

    /// <summary>How long it took to connect.</summary>
    Connect,

    /// <summary>How long those that were accepted had waited for that.</summary>
    Accept,

    /// <summary>What they carried.</summary>
    Bytes,

    /// <summary>What was lost.</summary>
    Lost,
}

/// <summary>Whose figure JSON has at a place.</summary>
internal enum JsonOwner
{
    /// <summary>Of all connections, and of each group.</summary>
    Connections,

    /// <summary>Of the whole, beside its groups.</summary>
    Summary,

    /// <summary>Of each recording.</summary>
    Recording,
}

/// <summary>How a line of the summary says a figure.</summary>
/// <param name="Line">Which.</param>
/// <param name="Words">Figures stand in it by their names: <c>{opened} opened ({opened.rate})</c>. Left out where the metric that it
/// belongs to has no figure.</param>
internal sealed record Phrase(SummaryLine Line, string Words)
{
    /// <summary>Its place in the line: the least first; then as in the table.</summary>
    internal int Order { get; init; }

    /// <summary>What sets it apart from the phrase before it.</summary>
    internal string Before { get; init; } = ", ";

    /// <summary>Whether a 0 is not worth its words.</summary>
    internal bool IsSilentAtZero { get; init; }

    /// <summary>What says it in other words: then <see cref="Words"/> are not used.</summary>
    internal Func<CaptureFigures, string>? Of { get; init; }
}

/// <summary>A column of a table of groups that has to fit a terminal.</summary>
/// <param name="Header">Above it.</param>
/// <param name="Width">Its columns, and one before it.</param>
/// <param name="Goes">When it makes room: the greatest number first, 0 never.</param>
internal sealed record GroupColumn(string Header, int Width, int Goes);

/// <summary>Where JSON has a figure.</summary>
/// <param name="Key">Its name; behind the name of an object and a dot if it is in one. A time has <c>_ns</c> behind it, or
/// <c>_above_ns</c> if it is only known to be greater.</param>
/// <param name="Owner">Where that is.</param>
internal sealed record JsonPlace(string Key, JsonOwner Owner = JsonOwner.Connections)
{
    /// <summary>The object that it is in; empty if in none.</summary>
    internal string Group { get; } = Key.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot ? Key[..dot] : "";

    /// <summary>Its name there.</summary>
    internal string Name { get; } = Key[(Key.IndexOf('.', StringComparison.Ordinal) + 1)..];
}

/// <summary>Where a metric is shown. What is not set does not show it.</summary>
internal sealed record MetricPlaces
{
    /// <summary>Other names that expressions may call it by.</summary>
    internal IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether it is only shown: expressions and comparisons do not know it.</summary>
    internal bool IsOnlyShown { get; init; }

    /// <summary>In the lines of a summary.</summary>
    internal Phrase? Phrase { get; init; }

    /// <summary>In tables of groups on a terminal.</summary>
    internal GroupColumn? Column { get; init; }

    /// <summary>The header of its column in the tables of a page.</summary>
    internal string? Title { get; init; }

    /// <summary>What a page calls it among the figures that are looked at first.</summary>
    internal string? Card { get; init; }

    /// <summary>Whether connects that failed have it, so that tables of them show it.</summary>
    internal bool IsOfFailures { get; init; }

    /// <summary>In the JSON of a summary.</summary>
    internal JsonPlace? Json { get; init; }

    /// <summary>Its place in the table of a comparison: the least first, then as in the table of metrics. What has a rate or a
    /// share is shown by that, since captures are not of one length.</summary>
    internal int? Comparison { get; init; }
}
