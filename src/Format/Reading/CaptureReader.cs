using TraceCap.Format.Blocks;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>
/// Reads a capture block by block from a stream that need not seek: a file, a pipe, or what is left of one. What is
/// damaged is skipped and told in <see cref="Damage"/>; every undamaged chunk is read. A stream may hold several
/// sections, as <c>cat a.tcap b.tcap</c> makes them. Memory: one block, packed and unpacked, and its events, so at most
/// <see cref="MaxMemory"/> whatever the stream holds.
/// </summary>
public sealed class CaptureReader
{
    /// <summary>The most bytes that a reader takes: a packed block while its buffer grows, the unpacked one, its events,
    /// the decoder's tables, and the texts and lists of a header, a context and a footer. 256 MiB; a capture that was
    /// not made to reach it takes a few chunks' worth.</summary>
    public const long MaxMemory = 256L << 20;

    /// <summary>The least length of a capture, in bytes, that is worth more than one thread.</summary>
    private const long WorthThreads = 4 << 20;

    private readonly BlockSource source;
    private ClockTable.Builder clocks = new();
    private CaptureNames.Builder names = new();
    private Guid fileId;
    private long expected;
    private bool footerSeen = true;
    private bool hasEnded;

    /// <summary>Reads from where the stream stands, on one thread.</summary>
    /// <param name="input">Stays open.</param>
    /// <param name="offset">Where that is in the file.</param>
    public CaptureReader(Stream input, long offset = 0)
        : this(new BlockReader(input, offset), threads: 1)
    {
    }

    internal CaptureReader(BlockReader blocks, int threads, BlockDecoder? decoder = null)
    {
        source = new BlockSource(blocks, threads, decoder ?? new BlockDecoder());
        Threads = threads;
    }

    /// <summary>
    /// Reads a file from its beginning with several threads if it is long: blocks are decoded ahead, and given in order
    /// as by one. Memory: that of a reader for each thread, and as many blocks and their events again.
    /// </summary>
    /// <param name="input">Stays open. A pipe is read on one thread, for reading ahead would wait for what is not written yet.</param>
    /// <param name="threads">How many threads decode; if not given, as many as there are processors.</param>
    /// <param name="wanted">The time of which events are wanted; null for all. A chunk of a file without any of them is passed over,
    /// see <see cref="IsPassedOver"/>, unless the file is damaged there.</param>
    /// <param name="leavesOut">Whether chunks without any of them need not be given at all, nor what is damaged there be told.</param>
    internal static CaptureReader Open(Stream input, int? threads = null, WantedTime? wanted = null, bool leavesOut = false)
    {
        var blocks = new BlockReader(input);
        if (wanted is not null && input.CanSeek)
        {
            UnwantedChunks.Find(input, wanted, leavesOut).KeepFrom(blocks);
        }

        return new CaptureReader(blocks, input.CanSeek && input.Length >= WorthThreads ? threads ?? Environment.ProcessorCount : 1);
    }

    /// <summary>How many threads decode.</summary>
    internal int Threads { get; }

    /// <summary>Whether chunks are left packed, for who decodes them elsewhere: of each only the header is known, and whether the
    /// payload is what its hash says.</summary>
    internal bool LeavesChunks { get; init; }

    /// <summary>As what each chunk is given: <see cref="Events"/>, <see cref="OrderedEvents"/> or <see cref="Columns"/>; to be set before the first is
    /// read.</summary>
    internal ChunkForm Form
    {
        set => source.Form = value;
    }

    /// <summary>What is needed of the events; to be set before the first is read. A chunk whose dictionaries show that none of its events is wanted has
    /// no <see cref="Events"/>.</summary>
    internal WantedEvents Wanted
    {
        set => source.Wanted = value;
    }

    /// <summary>What could not be read so far.</summary>
    internal DamageLog Damage { get; } = new();

    /// <summary>The header of the current block.</summary>
    internal ref readonly BlockHeader Block => ref source.Current.Header;

    /// <summary>Where the current block begins in the file.</summary>
    internal long Offset => source.Current.Offset;

    /// <summary>The length of the current block in the file.</summary>
    internal int Length => source.Current.Length;

    /// <summary>The payload of the current block as it is stored. Valid until the next <see cref="Read"/>.</summary>
    internal ReadOnlyMemory<byte> Payload => source.Current.Payload;

    /// <summary>What is known of the section after the current block. Never changes: the next block may bring another.</summary>
    internal EventContext Known { get; private set; } = new();

    /// <summary>Whether the current block is a chunk without an event that is wanted, of which only the <see cref="Block">header</see>
    /// was read: it counts for what it says, its <see cref="Payload"/> and <see cref="Events"/> are empty, and may be
    /// damaged.</summary>
    internal bool IsPassedOver => source.Current.IsPassedOver;

    /// <summary>Whether the current block is a chunk of which the reader knows the header only: it was passed over, or left packed.</summary>
    internal bool HasHeaderOnly => IsPassedOver || (LeavesChunks && Block.Kind == BlockKind.Chunk);

    /// <summary>Sections begun so far.</summary>
    public int Section => Known.Section;

    /// <summary>Sections so far that have no footer. The one being read counts once the stream has ended.</summary>
    public int Truncated { get; private set; }

    /// <summary>Why the last section ended that was truncated before it was written anew; null without
    /// one.</summary>
    internal string? TruncatedBefore { get; private set; }

    /// <summary>Why the section ended, as its footer says; null before that is read.</summary>
    internal string? EndReason { get; private set; }

    /// <summary>Up to when the section is known to have been recorded, CLOCK_MONOTONIC ns; 0 if not at all.</summary>
    internal ulong RecordedTo { get; private set; }

    /// <summary>Is called at the end of each section, while <see cref="Known"/> and <see cref="RecordedTo"/> are of it.</summary>
    internal Action? SectionEnds { get; set; }

    /// <inheritdoc cref="EventContext.Header" />
    public CaptureHeader? Header => Known.Header;

    /// <summary>The names of what the section's events refer to, as far as it has been read.</summary>
    internal CaptureNames Names => names.Names;

    /// <inheritdoc cref="ClockTable.Builder.BeginOf" />
    internal ulong? BeginOf(in ClockAnchor anchor) => clocks.BeginOf(in anchor);

    /// <summary>The context block just read, else null.</summary>
    internal CaptureContext? Context => source.Current.Context;

    /// <summary>The footer just read, else null.</summary>
    internal CaptureFooter? Footer => source.Current.Footer;

    /// <summary>The events of the chunk just read, in the order of their arrival; empty for other blocks. Valid until
    /// the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<TcpEvent> Events => source.Current.Events;

    /// <summary>The columns of the chunk just read, if they were asked for and it has events. Valid until the next <see cref="Read"/>.</summary>
    internal DecodedChunk? Columns => source.Current.Columns;

    /// <summary>Whether the events of the chunk just read are in the order of time.</summary>
    internal bool HasOrderedEvents => source.Current.IsOrdered;

    /// <summary>These events. Valid until the next <see cref="Read"/>.</summary>
    internal OrderedEvents OrderedEvents => source.Current.OrderedEvents;

    /// <summary>How many events of the chunk just read there are, in either form.</summary>
    internal int EventCount => Columns?.Count ?? Events.Length;

    /// <summary>Counts the events of the chunk just read.</summary>
    internal void CountTypes(TypeCounts types)
    {
        if (Columns is { } columns)
        {
            columns.CountTypes(types);
        }
        else
        {
            types.Count(Events);
        }
    }

    /// <summary>Whether the chunk just read has more than this version knows: to be kept, it must be copied as it is stored.</summary>
    internal bool HasUnknown => source.Current.HasUnknown;

    /// <summary>Whether all that was written was read: no damage, and each section has its footer.</summary>
    public bool IsWhole => Damage.Count == 0 && Truncated == 0;

    /// <summary>Goes on to the next block that can be read, or that is of a kind which this version does not know.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="CaptureFormatException">The stream is not a capture, or one of a higher major version.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public bool Read()
    {
        while (ReadBlock())
        {
            if (IsInPlace() && IsDecoded())
            {
                return true;
            }
        }

        CountEnd();
        return false;
    }

    /// <summary>Counts the last section as truncated if it is; once, also where the end is read again.</summary>
    private void CountEnd()
    {
        Truncated += hasEnded || (footerSeen && Section > 0) ? 0 : 1;
        if (!hasEnded && Section > 0)
        {
            SectionEnds?.Invoke();
        }

        hasEnded = footerSeen = true;
    }

    private bool ReadBlock()
    {
        try
        {
            var more = source.Read();
            if (source.Current.TakeSkipped(out var skipped))
            {
                Damage.Add(skipped);
            }

            if (more)
            {
                return true;
            }
        }
        catch (CaptureFormatException error)
        {
            throw new CaptureFormatException($"at byte {Offset}: {error.Message}", error);
        }

        if (Section == 0 && !source.BeginsLikeCapture)
        {
            throw new CaptureFormatException(
                $"not a capture: none of its {Offset} bytes begin a block of one; `tracecap record -o FILE` writes captures");
        }

        return false;
    }

    /// <summary>Follows sections and sequence numbers; a block that was there already is not read again.</summary>
    private bool IsInPlace()
    {
        ref readonly var block = ref source.Current.Header;
        if (Section == 0 || block.FileId != fileId || block.Kind == BlockKind.Header)
        {
            Truncated += footerSeen ? 0 : 1;
            if (Section > 0)
            {
                SectionEnds?.Invoke();
            }

            footerSeen = false;
            (EndReason, RecordedTo) = (null, 0);
            (clocks, names) = (new ClockTable.Builder(), new CaptureNames.Builder());
            Known = new EventContext { Section = Section + 1 };
            fileId = block.FileId;
            expected = 0;
        }

        expected += source.Current.LeftOut.Blocks;
        RecordedTo = Math.Max(RecordedTo, source.Current.LeftOut.LastTimestamp);
        if (block.Sequence < expected)
        {
            Damage.Add(Offset, Length, $"block {block.Sequence} after block {expected - 1}: repeated or out of place");
            return false;
        }

        if (block.Sequence > expected)
        {
            Damage.AddMissing(Offset, block.Sequence - expected);
        }

        expected = block.Sequence + 1L;
        return true;
    }

    private bool IsDecoded()
    {
        var block = source.Current;
        var isLeft = LeavesChunks && block.Header.Kind == BlockKind.Chunk;
        if (!isLeft)
        {
            source.Decode();
        }

        if (block.Malformed is { } problem)
        {
            Damage.Add(Offset, Length, problem);
            return false;
        }

        // The place, the watermark and the loss counters count also of kinds of a later minor version.
        var header = block.CaptureHeader ?? Header;
        clocks.AddRange(block.Context?.Clocks ?? []);
        var hasEvents = isLeft ? block.Header.Events > 0 : !block.Events.IsEmpty || block.Latest is not null;
        if ((isLeft && hasEvents && !block.IsPassedOver ? block.Header.LastTimestamp : block.Latest) is { } latest)
        {
            clocks.Pass(latest);
        }

        if ((block.CaptureHeader?.Start ?? block.Footer?.End) is { } anchor)
        {
            clocks.Add(anchor);
        }

        names.OfSeveralHosts = header is { Hosts.Count: > 1 };
        if (block.Context is { } context)
        {
            names.Add(context);
        }

        Know(header, Known.Begin ?? header?.Start?.Monotonic ?? (hasEvents ? block.Header.FirstTimestamp : null));
        footerSeen |= block.Footer is not null;
        EndReason = block.Footer?.Reason ?? EndReason;
        RecordedTo = Math.Max(RecordedTo, block.Footer?.End?.Monotonic ?? Math.Max(block.Header.Watermark, block.Header.LastTimestamp));
        TruncatedBefore = block.Footer is { IsTruncated: true } footer ? footer.Reason : TruncatedBefore;
        return true;
    }

    private void Know(CaptureHeader? header, ulong? begin)
    {
        var (now, said) = (clocks.Clocks, Names);
        if (!ReferenceEquals(header, Known.Header) || begin != Known.Begin || now != Known.Clocks || said != Known.Names)
        {
            Known = new EventContext { Section = Section, Header = header, Begin = begin, Clocks = now, Names = said };
        }
    }
}
