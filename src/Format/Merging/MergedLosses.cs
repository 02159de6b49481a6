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
internal sealed class MergedLosses(ToldLosses told)
{
    private DatedLoss? pending;
    private LossCounters counted;
    private MissingEvents damage;
    private MissingEvents rest;

    /// <summary>Takes what a source has lost since this was last called.</summary>
    internal void Take(MergeSource source)
    {
        counted += source.TakeUndated();
        while (source.TakeLoss() is { } loss)
        {
            var (dated, found) = told.New(source, in loss);
            if (dated.LossCounters.Lost + dated.LossCounters.ProbeMissed > 0 || !found.IsNone)
            {
                pending = pending?.And(in dated) ?? dated;
                damage += found;
            }
        }
    }

    /// <summary>Takes what is missing in a source that has ended, nobody knows when.</summary>
    internal void TakeRest(MergeSource source) => rest += told.NewRest(source);

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
    /// <param name="writer">Is about to be completed.</param>
    internal void End(CaptureWriter writer)
    {
        Count(writer);
        if (!rest.IsNone)
        {
            writer.WriteContext(new CaptureContext { Missing = rest });
        }

        writer.LossCounters = counted with { Emitted = writer.Events + counted.Lost + rest.Events };
    }

    private void Count(CaptureWriter writer)
    {
        counted += pending?.LossCounters ?? default;
        pending = null;
        writer.LossCounters = counted with { Emitted = writer.Events + counted.Lost };
        if (!damage.IsNone)
        {
            writer.WriteContext(new CaptureContext { Missing = damage });
            damage = default;
        }
    }
}
