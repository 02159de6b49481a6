using System.Numerics;

namespace TraceCap.Format.Events;

/// <summary>
/// Where events went: every event that should be in a capture is either written or counted here by the place where it
/// was lost, so <c>Emitted = written + Lost</c> once the recorder has drained its ring. Numbers only grow.
/// </summary>
/// <param name="Emitted">Events that the probes saw and the filters let through.</param>
/// <param name="RingFull">Lost: no room in the ring buffer between kernel and recorder.</param>
/// <param name="MapFull">Lost: no room to remember a connect under way.</param>
/// <param name="ProbeMissed">How often the kernel skipped a probe, or a probe came too late to see what had happened
/// (an accepted socket that another thread had closed already). Each may have lost an event or not, so they are
/// neither in <paramref name="Emitted"/> nor in <see cref="Lost"/>.</param>
/// <param name="Dropped">Lost: the recorder could not keep them.</param>
public readonly record struct LossCounters(ulong Emitted, ulong RingFull, ulong MapFull, ulong ProbeMissed, ulong Dropped)
    : IAdditionOperators<LossCounters, LossCounters, LossCounters>, ISubtractionOperators<LossCounters, LossCounters, LossCounters>
{
    /// <summary>Events that are known to be lost, all places together.</summary>
    public ulong Lost => RingFull + MapFull + Dropped;

    /// <summary>In words: all places, also those where nothing was lost.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Emitted} emitted; lost: {RingFull} (ring full), {MapFull} (map full), {Dropped} (dropped); probes missed: {ProbeMissed}");

    /// <summary>Adds place by place.</summary>
    public static LossCounters operator +(LossCounters left, LossCounters right) => new(
        left.Emitted + right.Emitted,
        left.RingFull + right.RingFull,
        left.MapFull + right.MapFull,
        left.ProbeMissed + right.ProbeMissed,
        left.Dropped + right.Dropped);

    /// <summary>What was added since <paramref name="right"/>.</summary>
    public static LossCounters operator -(LossCounters left, LossCounters right) => new(
        left.Emitted - right.Emitted,
        left.RingFull - right.RingFull,
        left.MapFull - right.MapFull,
        left.ProbeMissed - right.ProbeMissed,
        left.Dropped - right.Dropped);
}
