using TraceCap.Format;

namespace TraceCap.Analyzer.Connections;

/// <summary>A time in which events were lost, both ends included.</summary>
/// <param name="From">CLOCK_MONOTONIC ns.</param>
/// <param name="To">CLOCK_MONOTONIC ns.</param>
public readonly record struct LossPeriod(ulong From, ulong To);

/// <summary>A time during which one host was recorded: a section of a capture, and those that go on where it ended.
/// </summary>
public sealed class RecordedSpan
{
    private readonly List<LossPeriod> losses = [];

    /// <summary>The host's name; empty if it is not known.</summary>
    public string Host { get; init; } = "";

    /// <summary>The kernel's boot id; empty if it is not known.</summary>
    public string BootId { get; init; } = "";

    /// <summary>When it began, CLOCK_MONOTONIC ns: with the recording, or with the first event if that is not known.
    /// </summary>
    public required ulong Start { get; init; }

    /// <summary>Up to when it is known, CLOCK_MONOTONIC ns.</summary>
    public ulong End { get; internal set; }

    /// <summary>What to add to a monotonic timestamp for the wall-clock time, in nanoseconds; null if it is not known. It
    /// is the first that was noted, so that differences are not bent by steps of the clock.</summary>
    public long? WallOffset { get; init; }

    /// <summary>Where events went so far.</summary>
    public Ledger Ledger { get; internal set; }

    /// <summary>What is named of what its events refer to.</summary>
    public CaptureNames Names { get; internal set; } = new();

    /// <summary>When events were lost, in the order of time: as close as the blocks of the capture tell it.</summary>
    public IReadOnlyList<LossPeriod> Losses => losses;

    /// <summary>Nanoseconds.</summary>
    public ulong Length => End - Start;

    /// <summary>The wall-clock time of a timestamp, in ns since 1970; null if it is not known.</summary>
    public ulong? WallClock(ulong monotonic) => monotonic + (ulong?)WallOffset;

    internal void NoteLoss(ulong from, ulong to)
    {
        if (losses is [.., var last] && from <= last.To)
        {
            losses[^1] = last with { To = Math.Max(last.To, to) };
        }
        else
        {
            losses.Add(new LossPeriod(from, to));
        }
    }
}
