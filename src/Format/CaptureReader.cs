using K4os.Compression.LZ4;
using TraceCap.Format.Columns;

namespace TraceCap.Format;

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

    private readonly BlockReader blocks;
    private readonly ChunkDecoder decoder = new();
    private byte[] raw = [];
    private TcpEvent[] events = [];
    private int count;
    private Guid fileId;
    private long expected;
    private bool footerSeen = true;

    /// <summary>Reads from where the stream stands.</summary>
    /// <param name="input">Stays open.</param>
    /// <param name="offset">Where that is in the file.</param>
    public CaptureReader(Stream input, long offset = 0)
        : this(input, offset, searches: true)
    {
    }

    /// <inheritdoc cref="CaptureReader(Stream, long)" />
    /// <param name="input">Stays open.</param>
    /// <param name="offset">Where that is in the file.</param>
    /// <param name="searches">Whether damage is skipped; else it is the end.</param>
    internal CaptureReader(Stream input, long offset, bool searches) =>
        blocks = new BlockReader(input, Damage, offset) { Searches = searches };

    /// <summary>What could not be read so far.</summary>
    public DamageLog Damage { get; } = new();

    /// <summary>The header of the current block.</summary>
    public ref readonly BlockHeader Block => ref blocks.Header;

    /// <summary>Where the current block begins in the file.</summary>
    public long Offset => blocks.Offset;

    /// <summary>The length of the current block in the file.</summary>
    public int Length => blocks.Length;

    /// <summary>The payload of the current block as it is stored. Valid until the next <see cref="Read"/>.</summary>
    public ReadOnlyMemory<byte> Payload => blocks.Payload;

    /// <summary>Sections begun so far.</summary>
    public int Section { get; private set; }

    /// <summary>Sections so far that have no footer. The one being read counts once the stream has ended.</summary>
    public int CutShort { get; private set; }

    /// <summary>The header of the section; null if it is damaged.</summary>
    public CaptureHeader? Header { get; private set; }

    /// <summary>The last clock anchor of the section so far; null if it has none that can be read.</summary>
    public ClockAnchor? Clock { get; private set; }

    /// <summary>The earliest timestamp of the first chunk of the section that has events, CLOCK_MONOTONIC ns: where its time
    /// begins. Null before.</summary>
    public ulong? Begin { get; private set; }

    /// <summary>The context block just read, else null.</summary>
    public CaptureContext? Context { get; private set; }

    /// <summary>The footer just read, else null.</summary>
    public CaptureFooter? Footer { get; private set; }

    /// <summary>The events of the chunk just read, in the order of their arrival; empty for other blocks. Valid until
    /// the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<TcpEvent> Events => events.AsSpan(0, count);

    /// <summary>Whether all that was written was read: no damage, and each section has its footer.</summary>
    public bool IsWhole => Damage.Count == 0 && CutShort == 0;

    /// <summary>Goes on to the next block that can be read, or that is of a kind which this version does not know.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="CaptureFormatException">The stream is not a capture, or one of a higher major version.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public bool Read()
    {
        count = 0;
        Context = null;
        Footer = null;
        while (ReadBlock())
        {
            if (IsInPlace() && TryDecode())
            {
                return true;
            }
        }

        if (!footerSeen || Section == 0)
        {
            CutShort++;
            footerSeen = true;
        }

        return false;
    }

    private bool ReadBlock()
    {
        try
        {
            if (blocks.Read())
            {
                return true;
            }
        }
        catch (CaptureFormatException error)
        {
            throw new CaptureFormatException($"at byte {blocks.Offset}: {error.Message}", error);
        }

        if (Section == 0 && !blocks.BeginsLikeCapture)
        {
            throw new CaptureFormatException(
                $"not a capture: none of its {blocks.Offset} bytes begin a block of one; `tracecap record -o FILE` writes captures");
        }

        return false;
    }

    /// <summary>Follows sections and sequence numbers; a block that was there already is not read again.</summary>
    private bool IsInPlace()
    {
        ref readonly var block = ref blocks.Header;
        if (Section == 0 || block.FileId != fileId || block.Kind == BlockKind.Header)
        {
            CutShort += footerSeen ? 0 : 1;
            footerSeen = false;
            Header = null;
            Clock = null;
            Begin = null;
            Section++;
            fileId = block.FileId;
            expected = 0;
        }

        if (block.Sequence < expected)
        {
            Damage.Add(blocks.Offset, blocks.Length, $"block {block.Sequence} after block {expected - 1}: repeated or out of place");
            return false;
        }

        if (block.Sequence > expected)
        {
            Damage.AddMissing(blocks.Offset, block.Sequence - expected);
        }

        expected = block.Sequence + 1L;
        return true;
    }

    private bool TryDecode()
    {
        try
        {
            ref readonly var block = ref blocks.Header;
            switch (block.Kind)
            {
                case BlockKind.Header:
                    Header = CaptureHeader.Read(Unpack());
                    Clock = Header.Start;
                    return true;
                case BlockKind.Chunk:
                    var payload = Unpack().Span;
                    Grow(ref events, (int)block.Events, BlockHeader.MaxEvents);
                    decoder.Decode(payload, events.AsSpan(0, (int)block.Events));
                    count = (int)block.Events;
                    Begin ??= count > 0 ? block.FirstTimestamp : null;
                    return true;
                case BlockKind.Context:
                    Context = CaptureContext.Read(Unpack());
                    Clock = Context.Clocks is [.., var newest] ? newest : Clock;
                    return true;
                case BlockKind.Footer:
                    Footer = CaptureFooter.Read(Unpack());
                    footerSeen = true;
                    return true;
                default:
                    // Of a kind of a later minor version the place, the promise and the ledger count all the same.
                    return true;
            }
        }
        catch (CaptureFormatException error)
        {
            Damage.Add(blocks.Offset, blocks.Length, error.Message);
            return false;
        }
    }

    private ReadOnlyMemory<byte> Unpack()
    {
        var payload = blocks.Payload;
        var length = (int)blocks.Header.RawLength;
        switch (blocks.Header.Codec)
        {
            case BlockCodec.Stored:
                return payload.Length == length
                    ? payload
                    : throw new CaptureFormatException($"a stored payload of {payload.Length} bytes claims to be {length}");
            case BlockCodec.Lz4:
                Grow(ref raw, length, BlockHeader.MaxPayload);
                var got = LZ4Codec.Decode(payload.Span, raw.AsSpan(0, length));
                return got == length && length > 0
                    ? raw.AsMemory(0, length)
                    : throw new CaptureFormatException($"the payload does not unpack to its {length} bytes");
            default:
                throw new CaptureFormatException(
                    $"the payload is packed with codec {(byte)blocks.Header.Codec}, which this version does not know");
        }
    }

    /// <summary>Blocks that are each a little larger than the one before must not take new memory every time.</summary>
    private static void Grow<T>(ref T[] array, int length, int most)
    {
        if (array.Length < length)
        {
            array = new T[Math.Min(Math.Max(length, 2 * array.Length), most)];
        }
    }
}
