using TraceCap.Analyzer.Rolling;

namespace TraceCap.Cli.Top;

/// <summary>What a person sees of the tables, and has changed by keys.</summary>
internal sealed class TopState
{
    /// <summary>The table that is shown; null before there is one.</summary>
    internal RollingTable? Table { get; set; }

    /// <summary>Which of the groupings.</summary>
    internal int Grouping { get; set; }

    /// <summary>How rows are sorted.</summary>
    internal required RollingOrder Order { get; set; }

    /// <summary>Only groups are shown whose name has this in it; empty: all.</summary>
    internal string Filter { get; set; } = "";

    /// <summary>The filter before it was typed at; null while nobody types.</summary>
    internal string? FilterBefore { get; set; }

    /// <summary>The first row that is shown.</summary>
    internal int Offset { get; set; }

    /// <summary>Whether the help is shown.</summary>
    internal bool IsHelp { get; set; }

    /// <summary>Whether the picture stands still.</summary>
    internal bool IsPaused { get; set; }

    /// <summary>Whether no table follows.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>The length of a step, in cells.</summary>
    internal int Step { get; set; }

    /// <summary>How fast recorded time passes; null where it passes by itself.</summary>
    internal TopSpeed? Speed { get; set; }

    /// <summary>The last message for the person.</summary>
    internal string? Message { get; set; }

    /// <summary>The groups that are shown, in their order.</summary>
    internal IReadOnlyList<RollingRow> Rows => Table is not { } table ? []
        : [.. Order.Sort(table.Groups[Grouping].Rows.Where(row => row.Name.Contains(Filter, StringComparison.OrdinalIgnoreCase)), table.Seconds)];
}
