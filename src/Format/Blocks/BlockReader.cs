using System.Globalization;
using TraceCap.Format.Events;

namespace TraceCap.Format.Blocks;

/// <summary>Whether only the header of a block is read, and what follows it passed over.</summary>
internal delegate bool BlockChoice(long offset, in BlockHeader block);

/// <summary>
/// Finds the undamaged blocks of a stream, which need not seek: a file, a pipe, or what is left of one. After damage it
/// trusts no length and searches the next block byte by byte.
/// </summary>
internal sealed class BlockReader
{
    /// <summary>What is said of a block at the end of which a part is missing.</summary>
    internal const string Incomplete = "the last block is incomplete";

    /// <summary>What is read at once where blocks are passed over: their headers.</summary>
    private const int ReadForHeader = 512;

    private readonly Stream input;
    private byte[] buffer;
    private int start;
    private int end;
    private long startOffset;
    private long hashedInVain;
    private int current;
    private bool passes;
    private BlockHeader header;

    /// <summary>Reads from where the stream stands.</summary>
    /// <param name="input">Stays open.</param>
    /// <param name="offset">The offset in the file at which the stream stands.</param>
    /// <param name="buffer">How many bytes are read at once, at least those of a block header; a longer block makes it more.</param>
    public BlockReader(Stream input, long offset = 0, int buffer = 64 * 1024)
    {
        this.buffer = new byte[buffer];
        this.input = input;
        startOffset = offset;
    }

    /// <summary>Whether damage is skipped; else it is the end.</summary>
    internal bool Searches { get; init; } = true;

    /// <summary>Which blocks are passed over. A stream that cannot seek is read over them.</summary>
    internal BlockChoice PassesOver { get; set; } = static (long _, in BlockHeader _) => false;

    /// <summary>The run that begins at an offset, none of whose blocks is looked at; none if there is no such. To be asked in the order of the file, which
    /// can seek.</summary>
    internal Func<long, BlockRun?> LeavesOut { get; set; } = static _ => null;

    /// <summary>What was left out before the current block, or the end.</summary>
    internal BlockRun LeftOut { get; private set; }

    /// <summary>Whether the current block was passed over: its payload was not read, and may be damaged.</summary>
    internal bool IsPassedOver { get; private set; }

    /// <summary>Whether the stream ends within a block, or within what may be the beginning of one. Tells at the end only, and
    /// where damage is the end.</summary>
    internal bool StandsInBlock { get; private set; }

    /// <summary>The header of the current block.</summary>
    public ref readonly BlockHeader Header => ref header;

    /// <summary>The payload of the current block as it is stored; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlyMemory<byte> Payload => IsPassedOver ? default : buffer.AsMemory(start + header.Length, (int)header.PayloadLength);

    /// <summary>Where the current block begins, in bytes from the beginning of the file; at the end the file's length.</summary>
    public long Offset => startOffset;

    /// <summary>The length of the current block in bytes.</summary>
    public int Length => current;

    /// <summary>What lies between the block before and the current one, or the end; null if nothing does.</summary>
    public Damage? Skipped { get; private set; }

    /// <summary>Whether the bytes before the first block can be the beginning of a capture that was truncated there.</summary>
    public bool BeginsLikeCapture { get; private set; } = true;

    /// <summary>Goes on to the next undamaged block.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="CaptureFormatException">A block of a higher major version, or a file made to be slow.</exception>
    public bool Read()
    {
        Advance(current);
        (current, IsPassedOver, StandsInBlock) = (0, false, false);
        LeftOut = LeavesOut(startOffset) ?? default;
        Advance(LeftOut.To - LeftOut.From);
        var damaged = 0L;
        var isBlock = false;
        while (!TryReadHere() && Searches)
        {
            isBlock |= damaged == 0 && StandsLikeBlock();
            var skipped = SkipToMagic();
            damaged += skipped;
            if (skipped == 0)
            {
                break;
            }
        }

        Skipped = damaged > 0
            ? new Damage(startOffset - damaged, damaged, current == 0 && isBlock ? Incomplete : "not an undamaged block")
            : null;
        return current > 0;
    }

    private bool TryReadHere()
    {
        if (!Fill(BlockHeader.Size))
        {
            CheckBeginning();
            StandsInBlock = end > start && StandsLikeBlock();
            return false;
        }

        var length = BlockHeader.ReadLength(buffer.AsSpan(start));
        CheckBeginning();
        if (length == 0 || (StandsInBlock = !Fill(length)) || !BlockHeader.TryRead(buffer.AsSpan(start, length), out header))
        {
            return false;
        }

        if (PassesOver(startOffset, in header))
        {
            (current, passes, IsPassedOver) = (length + (int)header.PayloadLength, true, true);
            return true;
        }

        if (StandsInBlock = !Fill(length + (int)header.PayloadLength))
        {
            return false;
        }

        passes = false;

        if (BlockHeader.Hash(Payload.Span) != header.PayloadHash)
        {
            LimitHashing(header.PayloadLength);
            return false;
        }

        current = length + (int)header.PayloadLength;
        return true;
    }

    private void CheckBeginning()
    {
        if (startOffset == 0)
        {
            BeginsLikeCapture = StandsLikeBlock();
        }
    }

    private bool StandsLikeBlock()
    {
        var known = Math.Min(end - start, BlockHeader.Magic.Length);
        return buffer.AsSpan(start, known).SequenceEqual(BlockHeader.Magic[..known]);
    }

    /// <summary>A file of nothing but headers that each claim a long payload would take hours: it is refused.</summary>
    private void LimitHashing(long bytes)
    {
        const long Free = 1L << 30;
        hashedInVain += bytes;
        if (hashedInVain > Free + (16 * startOffset))
        {
            throw new CaptureFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{hashedInVain:N0} bytes of payload in the first {startOffset:N0} bytes are damaged; this is no capture that was ever written"));
        }
    }

    /// <summary>Goes on to where the magic begins next, or may begin.</summary>
    /// <returns>The bytes that were skipped; 0 at the end of the stream.</returns>
    private long SkipToMagic()
    {
        if (start == end)
        {
            return 0;
        }

        var next = buffer.AsSpan(start + 1, end - start - 1).IndexOf(BlockHeader.Magic);
        var skipped = next >= 0 ? next + 1 : Math.Max(1, end - start - BlockHeader.Magic.Length + 1);
        Advance(skipped);
        return skipped;
    }

    private void Advance(long bytes)
    {
        startOffset += bytes;
        if (bytes <= end - start)
        {
            start += (int)bytes;
            return;
        }

        Skip(bytes - (end - start));
        start = end = 0;
    }

    private void Skip(long bytes)
    {
        if (input.CanSeek)
        {
            input.Seek(bytes, SeekOrigin.Current);
            return;
        }

        for (var got = 1; bytes > 0 && got > 0; bytes -= got)
        {
            got = input.Read(buffer, 0, (int)Math.Min(bytes, buffer.Length));
        }
    }

    /// <summary>Has at least so many bytes in the buffer from <see cref="start"/> on, unless the stream ends before.</summary>
    private bool Fill(int bytes)
    {
        if (end - start >= bytes)
        {
            return true;
        }

        if (buffer.Length - start < bytes)
        {
            var target = buffer.Length < bytes ? new byte[Math.Max(bytes, 2 * buffer.Length)] : buffer;
            buffer.AsSpan(start, end - start).CopyTo(target);
            buffer = target;
            end -= start;
            start = 0;
        }

        while (end - start < bytes)
        {
            var got = input.Read(buffer, end, passes ? Math.Min(buffer.Length - end, Math.Max(bytes - (end - start), ReadForHeader)) : buffer.Length - end);
            if (got == 0)
            {
                return false;
            }

            end += got;
        }

        return true;
    }
}
