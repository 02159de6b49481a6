using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Rewriting;

/// <summary>What became of a capture that was written anew.</summary>
/// <param name="Chunks">Chunks written.</param>
/// <param name="Events">Events written.</param>
/// <param name="Missing">What could not be read of the input, and is said so in the output.</param>
internal readonly record struct Rewritten(long Chunks, ulong Events, MissingEvents Missing)
{
    /// <summary>What the output says of the end of the last section that had no footer; null if all had theirs.</summary>
    public string? Truncated { get; init; }
}

/// <summary>
/// Writes a capture anew, section by section, however much of it can be read: each section is ended as the one it was
/// made from, with loss counters that account for all its events, and with context blocks that say where something is missing.
/// </summary>
/// <param name="reader">Has not been read from yet.</param>
internal abstract class CaptureRewriter(CaptureReader reader)
{
    /// <summary>Stands on the block that is being written.</summary>
    protected CaptureReader Reader => reader;

    /// <summary>Reads to the end of the capture and writes what is wanted of it; nothing at all if no block can be read.</summary>
    /// <inheritdoc cref="CaptureReader.Read" path="/exception" />
    public Rewritten Run()
    {
        var sections = new SectionReader(reader);
        var total = default(Rewritten);
        var losses = default(LossCounters);
        CaptureWriter? writer = null;
        bool more;
        do
        {
            more = sections.Read();
            if (sections.Ended is { } ended)
            {
                var missing = End(writer!, ended, losses);
                total = new Rewritten(total.Chunks + writer!.Chunks, total.Events + writer.Events, total.Missing + missing)
                {
                    Truncated = ended.Footer is null ? ended.EndReason : total.Truncated,
                };
            }

            if (sections.Begins)
            {
                writer = Begin();
                losses = default;
            }

            if (more)
            {
                WriteDamage(writer!, sections.Current!);
                losses += Share(reader.Block.LossCounters);
                writer!.LossCounters = losses;
                if (reader.Block.Kind is not (BlockKind.Header or BlockKind.Footer))
                {
                    Write(writer);
                }

                Pass();
            }
        }
        while (more);
        return total;
    }

    /// <summary>Begins the section that the reader stands on the first block of; that may be any if the header is missing.</summary>
    protected abstract CaptureWriter Begin();

    /// <summary>Writes what is wanted of the block that the reader stands on: a chunk, a context, or of a kind that this
    /// version does not know.</summary>
    protected abstract void Write(CaptureWriter writer);

    /// <summary>Called once a block is done with: of any kind, whether or not something was written of it.</summary>
    protected virtual void Pass()
    {
    }

    /// <summary>How much of a block's loss counters belongs to what is written of it: all if not overridden.</summary>
    protected virtual LossCounters Share(in LossCounters losses) => losses;

    /// <summary>What else of the loss counters of a section's blocks belongs to what was written, now that it has ended: nothing if not
    /// overridden.</summary>
    protected virtual LossCounters ShareAtEnd() => default;

    /// <summary>What of the footer of a section is written, but for its totals: all if not overridden.</summary>
    protected virtual CaptureFooter Close(CaptureFooter footer) => footer;

    /// <summary>Says what could not be read before the block that the reader stands on, or before the end.</summary>
    private static void WriteDamage(CaptureWriter writer, SectionAccount section)
    {
        if (section.TakeDamage() is { IsNone: false } damage)
        {
            writer.WriteContext(new CaptureContext { Missing = damage });
        }
    }

    /// <returns>What is missing beyond what the section itself says.</returns>
    private MissingEvents End(CaptureWriter writer, SectionAccount section, in LossCounters losses)
    {
        var total = losses + ShareAtEnd() + section.LossCountersOfMissing;
        var missing = section.Missing;
        WriteDamage(writer, section);
        if (missing.Events > 0)
        {
            writer.WriteContext(new CaptureContext { Missing = new MissingEvents(0, 0, missing.Events) });
        }

        writer.LossCounters = total with { Emitted = writer.Events + total.Lost + section.Declared.Events + missing.Events };
        writer.Complete(Close(new CaptureFooter
        {
            Reason = section.EndReason,
            IsTruncated = section.IsTruncated,
            End = section.Footer?.End,
            Unknown = section.Footer?.Unknown ?? new UnknownKeys(),
        }));
        return missing;
    }
}
