using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Analyzer.Rolling;

/// <summary>Makes table after table while captures are read, each as soon as all of its window is known. Figures of a window are those that
/// a recording of that time alone would have, but that it also knows what was opened before.</summary>
/// <param name="window">Counts the connections.</param>
/// <param name="feed">Hands them to it.</param>
internal sealed class RollingRun(RollingWindow window, ConnectionFeed feed)
{
    private const double NanosecondsPerSecond = 1e9;

    private long? next;
    private RollingTable? before;
    private bool hasEnded;

    /// <summary>The cells from one table to the next.</summary>
    internal int Step { get; private set; } = window.Steps.Step;

    /// <summary>How long that is, in nanoseconds.</summary>
    internal long StepLength => Step * window.Steps.Cell;

    /// <summary>How many tables are due: the time has been read that they are of.</summary>
    internal long Due => Reached is { } reached && Next is { } due && reached >= due ? ((reached - due) / Step) + 1 : 0;

    /// <summary>The end of the next table that is due, in seconds since the recording began.</summary>
    internal double NextElapsed => (double)((Int128)(Next!.Value + 1) * window.Steps.Cell) / NanosecondsPerSecond;

    private RecordedSpan? Recording => feed.Recordings.Count > 0 ? feed.Recordings[^1] : null;

    /// <summary>The cell that the next table ends with.</summary>
    private long? Next => next ??= Recording is { } begun ? AfterStep(window.NumberAt(begun.Start, begun) - 1) : null;

    /// <summary>The last cell that is read to its end.</summary>
    private long? Reached => Recording is { } recording ? window.NumberAt(hasEnded ? recording.End : feed.SettledTo, recording) - 1 : null;

    /// <summary>Changes the step from the next table on.</summary>
    /// <param name="cells">So many cells, at least 1.</param>
    internal void StepBy(int cells)
    {
        Step = cells;
        next = next is { } due ? AfterStep(due - 1) : null;
    }

    /// <summary>Notes that the feed has ended: nothing is open any more that is not told.</summary>
    internal void End() => hasEnded = true;

    /// <summary>Passes over all tables that are due but the last.</summary>
    internal void Skip() => next += Math.Max(0, Due - 1) * Step;

    /// <summary>The next table that is due.</summary>
    internal RollingTable Take()
    {
        var last = Next!.Value;
        var table = Table(last, (Int128)(last + 1) * window.Steps.Cell);
        next = last + Step;
        return table;
    }

    /// <summary>The table of the end of all, once the feed has ended; null if there was one of that time already, or nothing was recorded.</summary>
    internal RollingTable? TakeLast()
    {
        End();
        if (Recording is not { } recording || Next is null)
        {
            return null;
        }

        var end = window.Time.At(recording.End, recording);
        var last = TimeGrid.NumberAt(end, window.Steps.Cell);
        // A recording that ends where a table did has been told, unless something happened at that very instant.
        var told = before;
        return Table(last, end) is var table && told?.Elapsed == table.Elapsed && told.SinceBegin.Weight == table.SinceBegin.Weight ? null : table;
    }

    private RollingTable Table(long last, Int128 end)
    {
        var beside = window.Beside();
        if (!hasEnded)
        {
            feed.ShowOpen(beside);
        }

        var (first, recording) = (feed.Recordings[0], Recording!);
        var begin = window.Time.At(first.Start, first);
        var from = Int128.Max(begin, (Int128)(last + 1 - window.Steps.Window) * window.Steps.Cell);
        var (row, sinceBegin) = window.All(last, beside);
        var table = new RollingTable
        {
            Time = WallClock(end, recording),
            Elapsed = (double)end / NanosecondsPerSecond,
            Seconds = (double)Int128.Max(end - from, 0) / NanosecondsPerSecond,
            Host = recording.Host,
            All = row,
            SinceBegin = sinceBegin,
            Groups = window.Rows(last, beside),
            New = window.New(last, Step, TimeGrid.NumberAt(begin, window.Steps.Cell), beside),
            Step = StepLength / NanosecondsPerSecond,
            Losses = RecordedSpan.LossCountersOf(feed.Recordings),
            IsLossy = feed.Recordings.Any(one => one.Losses.Any(loss => IsInWindow(loss.From, loss.To, one))),
            HasGap = window.Time.At(recording.Start, recording) is var start && start > from && start < end && feed.Recordings.Count > 1
                || feed.Recordings.Any(one => one.Pauses.Any(pause => IsInWindow(pause.From, pause.To, one))),
            IsDamaged = feed.Recordings.Any(one => one.IsDamaged),
        };
        window.LetGo(last);
        before = table;
        return table;

        bool IsInWindow(ulong begun, ulong ended, RecordedSpan of) => window.Time.At(ended, of) >= from && window.Time.At(begun, of) < end;
    }

    /// <summary>The wall clock at a place on the line of time, by the clock of the recording at that time.</summary>
    private ulong? WallClock(Int128 place, RecordedSpan recording)
    {
        var monotonic = place - window.Time.At(0, recording);
        return monotonic >= 0 && monotonic <= ulong.MaxValue ? recording.WallClock((ulong)monotonic) : null;
    }

    /// <summary>The last cell of the step after that which a cell is in.</summary>
    private long AfterStep(long cell) => ((TimeGrid.Floor(cell + 1, Step) + 1) * Step) - 1;
}
