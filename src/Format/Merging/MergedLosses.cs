using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Merging;

/// <summary>
/// Has a merged capture count the losses of its inputs so that a reader dates them as in these, or over a longer time: it dates
/// them from the watermark before the block that counts them to the next one. So from when a loss can have happened the watermark
/// stays, and the loss is counted once the events have reached its end. A loss that several inputs have counts once.
/// </summary>
internal sealed class MergedLosses
{
    private readonly Dictionary<(ulong Time, LossCounters LossCounters), MergeSource> known = [];
    private DatedLoss? pending;
    private LossCounters counted;
    private MissingEvents damage;
    private MissingEvents placed;

    /// <summary>Takes what a source has lost since this was last called.</summary>
    internal void Take(MergeSource source)
    {
        counted += source.TakeUndated();
        damage += source.TakeDamage();
        if (source.TakeLoss() is not { } loss)
        {
            return;
        }

        if (!known.TryGetValue(loss.Key, out var teller))
        {
            known.Add(loss.Key, teller = source);
        }

        if (teller == source || loss.IsDamaged)
        {
            loss = teller == source ? loss : loss with { LossCounters = default };
            pending = pending?.And(in loss) ?? loss;
        }
    }

    /// <summary>Says that the events appended next are not earlier than a time.</summary>
    internal void GoTo(ulong time, CaptureWriter writer)
    {
        if (pending is { } loss && loss.To <= time)
        {
            Count(writer);
        }

        writer.LossCounters = counted with { Emitted = writer.Events + counted.Lost };
        writer.Watermark = pending is null ? null : Math.Min(pending.Value.From, time);
    }

    /// <summary>Counts all: no events follow.</summary>
    /// <param name="missing">What is missing in the sources.</param>
    /// <param name="writer">Is about to be completed.</param>
    internal void End(in MissingEvents missing, CaptureWriter writer)
    {
        Count(writer);
        var rest = missing - placed;
        if (!rest.IsNone)
        {
            writer.WriteContext(new CaptureContext { Missing = rest });
        }

        writer.LossCounters = counted with { Emitted = writer.Events + counted.Lost + missing.Events };
    }

    private void Count(CaptureWriter writer)
    {
        counted += pending?.LossCounters ?? default;
        pending = null;
        writer.LossCounters = counted with { Emitted = writer.Events + counted.Lost };
        if (!damage.IsNone)
        {
            writer.WriteContext(new CaptureContext { Missing = damage });
            placed += damage;
            damage = default;
        }
    }
}
