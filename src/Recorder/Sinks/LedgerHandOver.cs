using TraceCap.Format.Events;

namespace TraceCap.Recorder.Sinks;

/// <summary>
/// Which capture of a series accounts for what: each event is in one of them, or counted as lost in one. A value that
/// never changes: what happens to the series gives the next one.
/// </summary>
/// <param name="Taken">Events that came out of the ring since the recording began.</param>
/// <param name="Kept">Those of them that are in captures before the open one, and can be read.</param>
/// <param name="Seen">Where events went since the recording began: as the kernel tells it, and what was dropped here.</param>
/// <param name="Accounted">What the captures before the open one account for.</param>
internal readonly record struct LedgerHandOver(ulong Taken, ulong Kept, LossCounters Seen, LossCounters Accounted)
{
    /// <summary>What the open capture accounts for.</summary>
    internal LossCounters Share => Seen - Accounted;

    /// <summary>Whether another capture can begin: blocks of those before announce events that were still in the ring, and
    /// all of these must have come by now, or have been lost.</summary>
    internal bool CanBegin => Taken + Seen.RingFull + Seen.MapFull >= Accounted.Emitted;

    /// <summary>The ring was drained.</summary>
    /// <param name="events">How many events came.</param>
    /// <param name="kernel">Where events went since the recording began, as far as the kernel knows.</param>
    internal LedgerHandOver Take(ulong events, in LossCounters kernel) =>
        this with { Taken = Taken + events, Seen = kernel with { Dropped = Seen.Dropped } };

    /// <summary>The open capture has ended as it should.</summary>
    /// <param name="events">The events in it.</param>
    /// <param name="told">Its ledger.</param>
    internal LedgerHandOver End(ulong events, in LossCounters told) =>
        this with { Kept = Kept + events, Accounted = Accounted + told };

    /// <summary>The open capture cannot be written on. What was announced in it is its own, the rest is for the next one to
    /// count.</summary>
    /// <param name="readable">The events in it that can be read.</param>
    /// <param name="announced">Its ledger as its blocks have it.</param>
    /// <param name="told">What its ledger has to be, with all of it that cannot be read as dropped.</param>
    internal LedgerHandOver GiveUp(ulong readable, in LossCounters announced, out LossCounters told)
    {
        told = DropAllBut(readable, announced);
        return End(readable, told);
    }

    /// <summary>There is no open capture, nor will there be another one.</summary>
    internal LedgerHandOver Close() => this with { Seen = DropAllBut(Kept, Seen) };

    /// <summary>There is no open capture: all that came is in one before, or was dropped. If another one <see cref="CanBegin"/>,
    /// its <see cref="Share"/> has what no other accounts for.</summary>
    internal LedgerHandOver Drop()
    {
        var dropped = this with { Seen = Seen with { Dropped = Taken - Kept } };
        return dropped.CanBegin ? dropped.Settle() : dropped;
    }

    /// <summary>A capture that was given up counts as dropped what it had announced and was still to come. Of that, some was
    /// lost in the kernel instead: the next capture does not count that a second time.</summary>
    private LedgerHandOver Settle()
    {
        var elsewhere = Accounted.Dropped - Math.Min(Accounted.Dropped, Seen.Dropped);
        var ring = Math.Min(elsewhere, Seen.RingFull - Accounted.RingFull);
        return this with
        {
            Accounted = Accounted with
            {
                Dropped = Accounted.Dropped - elsewhere,
                RingFull = Accounted.RingFull + ring,
                MapFull = Accounted.MapFull + elsewhere - ring,
            },
        };
    }

    private static LossCounters DropAllBut(ulong kept, in LossCounters ledger) =>
        ledger with { Dropped = ledger.Emitted - ledger.RingFull - ledger.MapFull - kept };
}
