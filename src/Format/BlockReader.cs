using System.Globalization;

namespace TraceCap.Format;

/// <summary>
/// Finds the undamaged blocks of a stream, which need not seek: a file, a pipe, or what is left of one. After damage it
/// trusts no length and searches the next block byte by byte.
/// </summary>
public sealed class BlockReader
{
    private readonly Stream input;
    private byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;
    private long startOffset;
    private long hashedInVain;
    private int current;
    private BlockHeader header;

    /// <summary>Reads from where the stream stands.</summary>
    /// <param name="input">Stays open.</param>
    /// <param name="offset">The offset in the file at which the stream stands.</param>
    public BlockReader(Stream input, long offset = 0)
    {
        this.input = input;
        startOffset = offset;
    }

    /// <summary>Whether damage is skipped; else it is the end.</summary>
    internal bool Searches { get; init; } = true;

    /// <summary>The header of the current block.</summary>
    public ref readonly BlockHeader Header => ref header;

    /// <summary>The payload of the current block as it is stored; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlyMemory<byte> Payload => buffer.AsMemory(start + header.Length, (int)header.PayloadLength);

    /// <summary>Where the current block begins, in bytes from the beginning of the file; at the end the file's length.</summary>
    public long Offset => startOffset;

    /// <summary>The length of the current block in bytes.</summary>
    public int Length => current;

    /// <summary>What lies between the block before and the current one, or the end; null if nothing does.</summary>
    public Damage? Skipped { get; private set; }

    /// <summary>Whether the bytes before the first block can be the beginning of a capture that was cut short there.</summary>
    public bool BeginsLikeCapture { get; private set; } = true;

    /// <summary>Goes on to the next undamaged block.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="CaptureFormatException">A block of a higher major version, or a file made to be slow.</exception>
    public bool Read()
    {
        Advance(current);
        current = 0;
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
            ? new Damage(startOffset - damaged, damaged, current == 0 && isBlock ? "the last block is incomplete" : "not an undamaged block")
            : null;
        return current > 0;
    }

    private bool TryReadHere()
    {
        if (!Fill(BlockHeader.Size))
        {
            CheckBeginning();
            return false;
        }

        var length = BlockHeader.ReadLength(buffer.AsSpan(start));
        CheckBeginning();
        if (length == 0 || !Fill(length) || !BlockHeader.TryRead(buffer.AsSpan(start, length), out header)
            || !Fill(length + (int)header.PayloadLength))
        {
            return false;
        }

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

    private void Advance(int bytes)
    {
        start += bytes;
        startOffset += bytes;
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
            var got = input.Read(buffer, end, buffer.Length - end);
            if (got == 0)
            {
                return false;
            }

            end += got;
        }

        return true;
    }
}
