using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>What is known of an interval.</summary>
internal enum IntervalState
{
    /// <summary>All of it was recorded.</summary>
    Whole,

    /// <summary>A part of it was recorded, so that its counts are too low: the first, the last, and those next to a pause.</summary>
    Partial,

    /// <summary>Events were lost in it.</summary>
    Lossy,

    /// <summary>Nothing of it was recorded.</summary>
    Unrecorded,
}

/// <summary>What is known of each interval of a grid.</summary>
internal sealed class IntervalKnowledge
{
    private readonly IntervalState[] states;
    private readonly bool[] lossy;

    internal IntervalKnowledge(TimeGrid grid, TimeLine time, IReadOnlyList<RecordedSpan> recordings)
    {
        lossy = grid.AreIn(time.Losses(recordings));
        var paused = grid.AreIn(time.Pauses(recordings));
        var recorded = new RecordedTimes(time, recordings);
        var (from, to) = (recordings.Min(one => time.At(one.Start, one)), recordings.Max(time.Last));
        states = new IntervalState[grid.Count];
        for (var number = 0; number < states.Length; number++)
        {
            var (begin, end) = (grid.Begin(number), grid.Begin(number + 1));
            // What a recording is asked for ends at its last instant.
            states[number] = !recorded.HasAny(begin, end) ? IntervalState.Unrecorded
                : lossy[number] ? IntervalState.Lossy
                : paused[number] || begin < from || end - 1 > to ? IntervalState.Partial
                : IntervalState.Whole;
        }
    }

    internal IntervalState this[int number] => states[number];

    internal bool IsLossy(int number) => lossy[number];
}
