using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Connections;

/// <summary>A section that a <see cref="ConnectionFeed"/> reads: how far it is, and what became of its events.</summary>
/// <param name="number">Its number in the capture, from 1.</param>
internal sealed class FedSection(int number)
{
    private readonly LossDates dates = new();
    private IReadOnlyList<RecordedPeriod> periods = [];
    private int place;
    private DatedLoss? waiting;
    private (ulong From, ulong To)? damaged;
    private bool isFooterRead;
    private bool isMissingPlaced;

    internal int Number => number;

    /// <summary>Whether it is known what it belongs to.</summary>
    internal bool IsBegun => periods.Count > 0;

    /// <summary>Whether all of it has been read.</summary>
    internal bool IsEnded { get; private set; }

    /// <summary>Whether it is of a time that another recorder recorded as well.</summary>
    internal bool IsOverlapping { get; set; }

    /// <summary>Whether all of it was read before.</summary>
    internal bool IsKnown { get; init; }

    /// <summary>When its first event was, CLOCK_MONOTONIC ns; null before there is one.</summary>
    internal ulong? First { get; set; }

    /// <summary>Its events that were read before.</summary>
    internal ulong Repeated { get; set; }

    /// <summary>Its losses that were told before.</summary>
    internal ulong LossesRepeated { get; set; }

    /// <summary>What of its events that should be there is counted already.</summary>
    internal ulong EmittedCounted { get; set; }

    /// <summary>The time of recording that has been reached.</summary>
    internal RecordedPeriod Period => periods[place];

    /// <summary>When its recording began.</summary>
    internal ulong Start => periods[0].From;

    internal bool HasMore => place < periods.Count - 1;

    /// <summary>Whether there are losses for <see cref="TakeLoss"/>.</summary>
    internal bool HasLoss => waiting is not null;

    internal void Next() => place++;

    internal void Begin(IReadOnlyList<RecordedPeriod> recorded) => periods = recorded;

    /// <summary>Follows the losses that the reader's current block counts.</summary>
    /// <param name="events">Stands on a block of this section, or behind it.</param>
    /// <param name="isDamaged">Whether something before that could not be read.</param>
    /// <returns>What happened in a time that is known only now; nothing is missing if it has no losses.</returns>
    internal DatedLoss? FollowLosses(EventStream events, bool isDamaged)
    {
        var missing = events.SectionEnded ? default : events.Reader.Context?.Missing ?? default;
        var loss = events.SectionEnded ? End(events, isDamaged) : dates.Take(in events.Reader.Block, isDamaged || missing.IsInPlace);
        isMissingPlaced |= missing.IsInPlace;
        if (loss is { IsDamaged: true } known)
        {
            damaged = (Math.Min(damaged?.From ?? known.From, known.From), known.To);
        }

        if (!missing.IsNone && !missing.IsInPlace && !(missing.IsCount && isMissingPlaced))
        {
            // It was once in the section, and nothing says where.
            loss = And(loss, new DatedLoss(default, 0, events.RecordedTo, IsDamaged: true));
        }

        return events is { SectionEnded: false, Footer: { } footer } && !isFooterRead ? And(loss, Missing(footer, events.RecordedTo)) : loss;
    }

    /// <summary>Dates what is left of a section that is not read to its end.</summary>
    internal DatedLoss? End(EventStream events, bool isDamaged)
    {
        if (IsEnded)
        {
            return null;
        }

        IsEnded = true;
        return dates.End(events.RecordedTo, isDamaged);
    }

    /// <summary>Keeps losses until <see cref="TakeLoss"/>.</summary>
    internal void Add(in DatedLoss loss) => waiting = And(waiting, loss);

    /// <summary>The losses that were not taken yet.</summary>
    internal DatedLoss? TakeLoss()
    {
        var loss = waiting;
        waiting = null;
        return loss;
    }

    /// <summary>What the footer knows of beyond the blocks was told by blocks that are damaged, and happened then; if none is, at
    /// any time.</summary>
    private DatedLoss Missing(CaptureFooter footer, ulong to)
    {
        isFooterRead = true;
        return new DatedLoss(footer.LossCounters - dates.Told, damaged?.From ?? 0, damaged?.To ?? to, IsDamaged: false);
    }

    private static DatedLoss And(DatedLoss? one, in DatedLoss other) => one is not { IsLossy: true } known ? other : other.IsLossy ? known.And(in other) : known;
}
