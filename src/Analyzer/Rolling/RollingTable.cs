using TraceCap.Analyzer.Figures;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Rolling;

/// <summary>The figures of a group, or of all, in a window of time.</summary>
/// <param name="Key">The group; null for all together, and for those that are not told apart.</param>
/// <param name="Name">It as people read it, control characters escaped.</param>
/// <param name="Open">How many are open at the end of the window.</param>
/// <param name="Counts">What happened in the window.</param>
internal sealed record RollingRow(GroupKey? Key, string Name, long Open, RollingCounts Counts)
{
    /// <summary>Whether there is nothing to tell.</summary>
    internal bool IsIdle => Open == 0 && Counts is { Opened: 0, Accepted: 0, Failed: 0, Closed: 0 };
}

/// <summary>The groups of one grouping.</summary>
/// <param name="By">By what connections are told apart.</param>
/// <param name="Rows">In no order; those that are not told apart come last, if there are any.</param>
/// <param name="Most">As many groups are told apart.</param>
internal sealed record RollingRows(Grouping By, IReadOnlyList<RollingRow> Rows, int Most)
{
    /// <summary>Whether there were too many groups.</summary>
    internal bool HasRest => Rows is [.., { Key: null }];
}

/// <summary>What happened to connections in a window of time, by group. Never changes.</summary>
internal sealed record RollingTable
{
    /// <summary>The end of the window on the wall clock, in ns since 1970; null if it is not known.</summary>
    internal required ulong? Time { get; init; }

    /// <summary>The end of the window, in seconds since the recording began.</summary>
    internal required double Elapsed { get; init; }

    /// <summary>How long the window is, in seconds, as far as it lies in the recording: what rates are by.</summary>
    internal required double Seconds { get; init; }

    /// <summary>The host that was recorded; empty if it is not known.</summary>
    internal required string Host { get; init; }

    /// <summary>All connections, in the window.</summary>
    internal required RollingRow All { get; init; }

    /// <summary>All connections, since the recording began.</summary>
    internal required RollingCounts SinceBegin { get; init; }

    /// <summary>The groups, grouping by grouping.</summary>
    internal required IReadOnlyList<RollingRows> Groups { get; init; }

    /// <summary>How many were opened or accepted in each of the last steps, the last one last.</summary>
    internal required IReadOnlyList<long> New { get; init; }

    /// <summary>The length of such a step in seconds.</summary>
    internal required double Step { get; init; }

    /// <summary>Where events went so far.</summary>
    internal required LossCounters Losses { get; init; }

    /// <summary>Whether events were lost in the window, or a part of it could not be read.</summary>
    internal required bool IsLossy { get; init; }

    /// <summary>Whether a part of the window was not recorded.</summary>
    internal required bool HasGap { get; init; }

    /// <summary>Whether a part of the captures could not be read: nobody knows how much was there.</summary>
    internal required bool IsDamaged { get; init; }
}
