using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Connections;

/// <summary>The account of a <see cref="ConnectionFeed"/>: how many events there should be, and what was lost of them. What several
/// captures have of one boot counts once.</summary>
internal sealed class FedLosses
{
    // By which section said what was lost up to a time. A copy of that loss says the same.
    private readonly Dictionary<(ulong Time, LossCounters LossCounters), FedSection> losses = [];

    /// <summary>Takes losses, unless another section has them as well: losses of a recorder's time that was read before, or the
    /// same number up to the same time.</summary>
    /// <param name="loss">The losses.</param>
    /// <param name="section">Which section says so.</param>
    /// <param name="continued">The recording whose boot the section is of; null if it is of another than that which is read.</param>
    internal void Take(in DatedLoss loss, FedSection section, FedRecording? continued)
    {
        if (!loss.IsLossy)
        {
            return;
        }

        if (continued is not null && ((section.Repeated > 0 && loss.To <= continued.RecordedTo && !section.IsBegun)
            || (losses.TryGetValue(loss.Key, out var teller) && teller != section)))
        {
            section.LossesRepeated += loss.LossCounters.Lost;
            return;
        }

        losses.TryAdd(loss.Key, section);
        section.Add(in loss);
    }

    /// <summary>Notes what became of the events of a block, as far as it is in the time that is wanted and new.</summary>
    /// <param name="section">It is begun.</param>
    /// <param name="recording">What it is a section of.</param>
    /// <param name="read">The loss counters of the section so far.</param>
    /// <param name="fresh">The events of the block that were not read before.</param>
    internal static void Count(FedSection section, FedRecording recording, in LossCounters read, ReadOnlySpan<TcpEvent> fresh)
    {
        var span = recording.Span;
        var isAll = span.Window == new RecordedPeriod(0, ulong.MaxValue);
        var emitted = isAll ? 0 : CountWithin(fresh, span.Window);
        if (section.TakeLoss()?.NotBefore(section.Start) is { } loss && (isAll || loss.IsWithin(span.Window)))
        {
            span.LossCounters += loss.LossCounters with { Emitted = 0 };
            emitted += loss.LossCounters.Lost;
            recording.NoteLoss(loss);
        }

        if (isAll)
        {
            var repeated = section.Repeated + section.LossesRepeated;
            var all = read.Emitted - Math.Min(read.Emitted, repeated);
            emitted = all - section.EmittedCounted;
            section.EmittedCounted = all;
        }

        span.LossCounters += new LossCounters(emitted, 0, 0, 0, 0);
    }

    private static ulong CountWithin(ReadOnlySpan<TcpEvent> events, RecordedPeriod window)
    {
        var count = 0ul;
        foreach (ref readonly var one in events)
        {
            count += one.Timestamp >= window.From && one.Timestamp < window.To ? 1ul : 0;
        }

        return count;
    }
}
