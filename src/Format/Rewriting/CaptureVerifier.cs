using System.Buffers.Binary;
using System.Globalization;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Rewriting;

/// <summary>What a capture was found to be.</summary>
/// <param name="Events">Events that can be read, or are said to be there where they are not decoded.</param>
/// <param name="Chunks">Chunks that can be read.</param>
/// <param name="Problems">What is wrong, in file order.</param>
internal sealed record Verification(ulong Events, long Chunks, DamageLog Problems)
{
    /// <inheritdoc cref="CaptureReader.TruncatedBefore" />
    public string? TruncatedBefore { get; init; }
}

/// <summary>
/// Checks a capture against everything that it says about itself: hashes, counts and references, the watermarks of its
/// blocks, the numbers of its events, its loss counters, and its footer.
/// </summary>
internal sealed class CaptureVerifier
{
    private const int ReadAtOnce = 1 << 20;

    private readonly CaptureReader reader;
    private readonly SectionReader sections;
    private BlockIndex index = new();
    private ulong watermark;
    private bool isEnded;
    private ulong events;
    private long chunks;

    private CaptureVerifier(Stream input, bool decodes)
    {
        reader = decodes ? CaptureReader.Open(input) : new CaptureReader(new BlockReader(input, buffer: ReadAtOnce), threads: 1) { LeavesChunks = true };
        sections = new SectionReader(reader);
    }

    /// <summary>Reads a capture to its end. Memory: that of a <see cref="CaptureReader"/>, and an index of bounded size.</summary>
    /// <param name="input">Need not seek.</param>
    /// <param name="decodes">Whether events are held against what blocks say of them. If not, chunks are only hashed, and their headers held
    /// against each other and the footer: that finds what was damaged since it was written, but not what was written wrong.</param>
    /// <exception cref="CaptureFormatException">The stream is not a capture, or one of a higher major version.</exception>
    public static Verification Verify(Stream input, bool decodes = true)
    {
        var verifier = new CaptureVerifier(input, decodes);
        verifier.Run();
        return new Verification(verifier.events, verifier.chunks, verifier.reader.Damage) { TruncatedBefore = verifier.reader.TruncatedBefore };
    }

    private void Run()
    {
        bool more;
        do
        {
            more = sections.Read();
            if (sections.Ended is { } ended)
            {
                CheckEnd(ended);
            }

            if (more)
            {
                CheckBlock(sections.Current!);
            }
        }
        while (more);

        if (reader.Section == 0)
        {
            Report($"the capture is truncated: not even its header is complete");
        }
    }

    private void CheckBlock(SectionAccount section)
    {
        if (sections.Begins)
        {
            index = new BlockIndex();
            watermark = 0;
            isEnded = false;
            if (reader.Header is null)
            {
                Report($"the section's header is missing");
            }
        }

        ref readonly var block = ref reader.Block;
        if (isEnded)
        {
            Report($"the block stands behind the footer of its section");
        }

        isEnded |= block.Kind == BlockKind.Footer;
        if (reader.HasHeaderOnly)
        {
            CheckHeader();
        }
        else if (block.Kind == BlockKind.Chunk)
        {
            CheckChunk(section);
        }
        else if (block.Kind == BlockKind.Footer)
        {
            CheckFooter(section, reader.Footer!);
        }

        index.Add(BlockEntry.Of(in block, reader.Offset - section.Start));
        watermark = Math.Max(watermark, block.Watermark);
    }

    private void CheckHeader()
    {
        chunks++;
        ref readonly var block = ref reader.Block;
        events += block.Events;
        if (block.Events > 0 && block.FirstTimestamp < watermark)
        {
            Report($"the chunk begins at {block.FirstTimestamp} ns, before {watermark} ns, the watermark of a block before it");
        }
    }

    private void CheckChunk(SectionAccount section)
    {
        chunks++;
        events += (ulong)reader.Events.Length;
        var (first, last, early) = (ulong.MaxValue, 0ul, 0);
        foreach (ref readonly var one in reader.Events)
        {
            first = Math.Min(first, one.Timestamp);
            last = Math.Max(last, one.Timestamp);
            early += one.Timestamp < watermark ? 1 : 0;
        }

        first = reader.Events.IsEmpty ? 0 : first;
        ref readonly var block = ref reader.Block;
        if ((first, last) != (block.FirstTimestamp, block.LastTimestamp))
        {
            Report($"the chunk's events are from {first} to {last} ns, its header says {block.FirstTimestamp} to {block.LastTimestamp}");
        }

        if (early > 0)
        {
            Report($"{early:N0} events of the chunk are earlier than {watermark} ns, the watermark of a block before it");
        }

        if (section.Repeated > 0)
        {
            Report($"{section.Repeated:N0} events of the chunk have a sequence number that their CPU gave to another event");
        }
    }

    private void CheckFooter(SectionAccount section, CaptureFooter footer)
    {
        CheckTail();
        if (section.IsDamaged)
        {
            return;
        }

        var sectionBytes = reader.Offset - section.Start;
        if (footer.SectionBytes != sectionBytes)
        {
            Report($"the footer says that {footer.SectionBytes:N0} bytes come before it, there are {sectionBytes:N0}");
        }

        if (footer.RawBytes != section.RawBytes)
        {
            Report($"the footer says that the chunks unpack to {footer.RawBytes:N0} bytes, they do to {section.RawBytes:N0}");
        }

        if (footer.LossCounters != section.LossCounters)
        {
            Report($"the footer's loss counters are {footer.LossCounters}, those of all blocks are {section.LossCounters}");
        }

        if (reader.LeavesChunks)
        {
            CheckSum(section.Events, footer.EventsByType);
        }
        else
        {
            CheckTypes(section.EventsByType, footer.EventsByType);
        }

        if (index.DifferenceFrom(footer.Index) is { } difference)
        {
            Report($"{difference}");
        }
    }

    private void CheckTail()
    {
        var tail = reader.Payload.Span is { Length: >= CaptureFooter.TailSize } payload ? payload[^CaptureFooter.TailSize..] : default;
        if (tail.IsEmpty
            || BinaryPrimitives.ReadUInt32LittleEndian(tail) != reader.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(tail[4..]) != 0
            || !tail[8..].SequenceEqual(CaptureFooter.EndMagic))
        {
            Report($"the last {CaptureFooter.TailSize} bytes of the footer do not lead to its beginning");
        }
    }

    private void CheckSum(ulong found, IReadOnlyDictionary<TcpEventType, ulong> stated)
    {
        var said = stated.Values.Aggregate(0ul, (sum, count) => sum + count);
        if (found != said)
        {
            Report($"the footer counts {said:N0} events, the headers of the chunks {found:N0}");
        }
    }

    private void CheckTypes(Dictionary<TcpEventType, ulong> found, IReadOnlyDictionary<TcpEventType, ulong> stated)
    {
        foreach (var type in found.Keys.Union(stated.Keys).Order())
        {
            var (there, said) = (found.GetValueOrDefault(type), stated.GetValueOrDefault(type));
            if (there != said)
            {
                Report($"the footer counts {said:N0} events of type {(char)type}, there are {there:N0}");
            }
        }
    }

    /// <summary>Holds the section against its loss counters, once all of it is read.</summary>
    private void CheckEnd(SectionAccount section)
    {
        if (section.Footer is null)
        {
            Report($"the section that begins at byte {section.Start} is truncated: it has no footer");
        }

        if (section.Missing.Events > 0)
        {
            Report($"{section.Missing.Events:N0} events of the section that begins at byte {section.Start} are missing: they are neither there nor counted as lost");
        }
        else if (section.Footer is not null && section.Unaccounted < 0)
        {
            Report($"the section that begins at byte {section.Start} has {-section.Unaccounted:N0} more events than its loss counters say were emitted");
        }
    }

    private void Report(FormattableString problem) =>
        reader.Damage.Add(reader.Offset, 0, problem.ToString(CultureInfo.InvariantCulture));
}
