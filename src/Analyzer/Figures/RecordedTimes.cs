using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Figures;

/// <summary>When anything was recorded, on a <see cref="TimeLine"/>: recordings without their pauses.</summary>
internal sealed class RecordedTimes
{
    // In the order of their beginnings; each with the latest end up to it.
    private readonly (Int128 From, Int128 LatestTo)[] times;

    internal RecordedTimes(TimeLine time, IReadOnlyList<RecordedSpan> recordings)
    {
        times = [.. recordings.SelectMany(recording => Of(time, recording)).Order()];
        for (var i = 1; i < times.Length; i++)
        {
            times[i].LatestTo = Int128.Max(times[i].LatestTo, times[i - 1].LatestTo);
        }
    }

    /// <summary>Whether anything was recorded at one of these times.</summary>
    /// <param name="from">Included.</param>
    /// <param name="before">Not included.</param>
    internal bool HasAny(Int128 from, Int128 before)
    {
        var (low, high) = (0, times.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = times[middle].From < before ? (middle + 1, high) : (low, middle);
        }

        return from < before && low > 0 && times[low - 1].LatestTo >= from;
    }

    /// <summary>When a recording was made, without its pauses, both ends included.</summary>
    internal static IEnumerable<(Int128 From, Int128 To)> Of(TimeLine time, RecordedSpan recording)
    {
        var from = time.At(recording.Start, recording);
        foreach (var pause in recording.Pauses)
        {
            yield return (from, time.At(pause.From, recording));
            from = time.At(pause.To, recording);
        }

        yield return (from, time.Last(recording));
    }
}
