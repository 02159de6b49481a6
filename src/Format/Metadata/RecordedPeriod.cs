namespace TraceCap.Format.Metadata;

/// <summary>A time in which everything was recorded, but for what the loss counters count.</summary>
/// <param name="From">Its first instant, CLOCK_MONOTONIC ns.</param>
/// <param name="To">The first instant after it, CLOCK_MONOTONIC ns; if that was not known when the header was written,
/// the greatest number there is: then it goes on to the end of the section.</param>
public readonly record struct RecordedPeriod(ulong From, ulong To)
{
    /// <summary>The periods of several together, in the order of time: those that touch are one, empty ones none.</summary>
    internal static IReadOnlyList<RecordedPeriod> Join(IEnumerable<RecordedPeriod> periods)
    {
        var joined = new List<RecordedPeriod>();
        foreach (var period in periods.Where(period => period.To > period.From).OrderBy(period => period.From))
        {
            if (joined is [.., var last] && period.From <= last.To)
            {
                joined[^1] = last with { To = Math.Max(last.To, period.To) };
            }
            else
            {
                joined.Add(period);
            }
        }

        return joined;
    }

    /// <summary>What of it lies in another.</summary>
    /// <returns>Empty, with its end at its beginning, if nothing does.</returns>
    internal RecordedPeriod Within(RecordedPeriod other)
    {
        var from = Math.Max(From, other.From);
        return new RecordedPeriod(from, Math.Max(from, Math.Min(To, other.To)));
    }

    internal static MetadataType<RecordedPeriod> Stored { get; } = MetadataType.Array<RecordedPeriod>(
        "[from (uint64), to (uint64)]",
        "a recorded period",
        length: 2,
        (ref reader) => new(reader.ReadUInt64(), reader.ReadUInt64()),
        (ref writer, value) =>
        {
            writer.Write(value.From);
            writer.Write(value.To);
        });
}
