using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>Losses, and the time in which they can have happened, both ends included.</summary>
/// <param name="LossCounters">How many, by place.</param>
/// <param name="From">CLOCK_MONOTONIC ns.</param>
/// <param name="To">CLOCK_MONOTONIC ns.</param>
/// <param name="IsDamaged">Whether something could not be read there, and took an unknown number of events with it.</param>
internal readonly record struct DatedLoss(LossCounters LossCounters, ulong From, ulong To, bool IsDamaged)
{
    internal bool IsLossy => LossCounters.Lost + LossCounters.ProbeMissed > 0 || IsDamaged;

    /// <summary>What tells it from other losses of a host.</summary>
    internal (ulong Time, LossCounters LossCounters) Key => (To, LossCounters with { Emitted = 0 });

    internal bool IsWithin(RecordedPeriod window) => To >= window.From && From < window.To;

    /// <summary>The same, of a section that begins then: what was lost before, when no other could count it, is this one's from its beginning on.</summary>
    internal DatedLoss NotBefore(ulong begin) => this with { From = Math.Max(From, begin), To = Math.Max(To, Math.Max(From, begin)) };

    /// <summary>Both, in the time of both.</summary>
    internal DatedLoss And(in DatedLoss other) =>
        new(LossCounters + other.LossCounters, Math.Min(From, other.From), Math.Max(To, other.To), IsDamaged || other.IsDamaged);
}

/// <summary>
/// Dates the losses that the blocks of a section count, by all of the time in which they can have happened: from the last watermark
/// before them to the next higher one. A block without a higher watermark, such as names, or a chunk that became full while the
/// ring was being emptied, counts losses of a time that only a later block ends. In a section without watermarks the last
/// timestamps of chunks stand for them.
/// </summary>
internal sealed class LossDates
{
    private LossCounters told;
    private LossCounters untold;
    private bool isDamaged;
    private ulong known;
    private ulong watermark;
    private ulong latest;

    /// <summary>The loss counters of all blocks so far.</summary>
    internal LossCounters Told => told;

    /// <summary>Takes the next block.</summary>
    /// <param name="block">Its header.</param>
    /// <param name="damaged">Whether something before it could not be read.</param>
    /// <returns>What the blocks up to this one count, and when it was lost; null if that is not known yet.</returns>
    internal DatedLoss? Take(in BlockHeader block, bool damaged)
    {
        told += block.LossCounters;
        untold += block.LossCounters;
        isDamaged |= damaged;
        latest = Math.Max(latest, Math.Max(block.Watermark, block.LastTimestamp));
        var isTold = block.Watermark > watermark || (watermark == 0 && block.Events > 0);
        watermark = Math.Max(watermark, block.Watermark);
        return isTold ? End(latest) : null;
    }

    /// <summary>Dates what is left when the section has ended.</summary>
    /// <param name="to">Up to when it was recorded; it may be earlier than its events tell.</param>
    /// <param name="damaged">Whether something at its end could not be read.</param>
    internal DatedLoss End(ulong to, bool damaged = false)
    {
        var loss = new DatedLoss(untold, known, Math.Max(latest, to), isDamaged || damaged);
        (untold, isDamaged, known) = (default, false, watermark > 0 ? watermark : latest);
        return loss;
    }
}
