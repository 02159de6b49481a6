using System.Collections.Immutable;

namespace TraceCap.Format.Splitting;

/// <summary>By what the events of a capture are parted.</summary>
internal enum SplitBy
{
    Host,
    Hour,
    Process,
    Unit,
    Size,
}

/// <summary>One way to part events, in words.</summary>
/// <param name="By">Which.</param>
/// <param name="Word">What options call it.</param>
/// <param name="Meaning">What is in one part.</param>
/// <param name="IsOfTime">Whether each part is a time in which all of its events are, so that one begins where another ends. Of others
/// each has whole connections, and all of the time.</param>
internal sealed record SplitWords(SplitBy By, string Word, string Meaning, bool IsOfTime);

/// <summary>The table of all ways.</summary>
internal static class SplitWay
{
    public static ImmutableArray<SplitWords> All { get; } =
    [
        new(SplitBy.Host, "host", "the events of one host", IsOfTime: false),
        new(SplitBy.Hour, "hour", "an hour of the wall clock, in UTC", IsOfTime: true),
        new(SplitBy.Process, "process", "the connections of processes of one name", IsOfTime: false),
        new(SplitBy.Unit, "unit", "the connections of one systemd unit", IsOfTime: false),
        new(SplitBy.Size, "size", "as much as fits a file", IsOfTime: true),
    ];
}
