using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>
/// How many connections were open at once. Times are kept to the nanosecond as long as no more than <see cref="MaxTimes"/> are to
/// be told apart; then they are rounded, by more whenever there are too many. So memory is bounded (6 MiB), and what opened and
/// closed within one rounded time is not seen.
/// </summary>
internal sealed class ActiveConnections
{
    /// <summary>As many times are told apart.</summary>
    public const int MaxTimes = Activity.MaxCells;

    private readonly Activity activity = new(new TimeLine());

    /// <summary>Counts a connection.</summary>
    public void Add(in Connection connection, RecordedSpan recording) => activity.Add(in connection, recording);

    /// <summary>The most that were open at once, and those that were open when the last recording ended.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    public (long Max, long End) Count(IReadOnlyList<RecordedSpan> recordings) => activity.Count(recordings);
}
