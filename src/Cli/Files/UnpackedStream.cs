namespace TraceCap.Cli.Files;

/// <summary>
/// What is in a compressed file, one member after another. Where that is truncated or damaged it ends, and says so: what was
/// unpacked before can be read.
/// </summary>
internal sealed class UnpackedStream : ForwardStream
{
    private readonly FileFormat format;
    private readonly Stream packed;
    private readonly PackedSource source;
    private Stream? member;
    private ReadOnlyMemory<byte> peeked;

    /// <param name="format">How it is compressed.</param>
    /// <param name="packed">Stands at its beginning.</param>
    internal UnpackedStream(FileFormat format, Stream packed) => (this.format, this.packed, source) = (format, packed, new PackedSource(packed));

    /// <summary>Why it ended too early; null while it did not.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The first bytes, or as many as there are; before anything is read.</summary>
    internal ReadOnlySpan<byte> Peek(int bytes)
    {
        var first = new byte[bytes];
        peeked = first.AsMemory(0, this.ReadAtLeast(first, bytes, throwOnEndOfStream: false));
        return peeked.Span;
    }

    protected override int Take(Span<byte> buffer)
    {
        if (!peeked.IsEmpty)
        {
            var count = Math.Min(buffer.Length, peeked.Length);
            peeked.Span[..count].CopyTo(buffer);
            peeked = peeked[count..];
            return count;
        }

        return Unpack(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            member?.Dispose();
            packed.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Unpack(Span<byte> buffer)
    {
        while (!buffer.IsEmpty && Problem is null && (member is not null || source.HasMore()))
        {
            try
            {
                member ??= format.Unpack!(source);
                if (member.Read(buffer) is > 0 and var got)
                {
                    return got;
                }
            }
            catch (Exception error) when (!source.HasFailed && error is not OutOfMemoryException)
            {
                // A library has errors of its own for what is wrong with the data.
                Problem = source.HasEnded
                    ? $"truncated: the {format.Name} data ends too early; what is complete has been read"
                    : $"the {format.Name} data is damaged at or before byte {source.Position:N0}, and cannot be unpacked from there on ({error.Message})";
            }

            member = null;
        }

        return 0;
    }

    /// <summary>The compressed bytes. Some libraries take them one by one, and dispose of them at the end of a member.</summary>
    private sealed class PackedSource(Stream packed) : ForwardStream
    {
        private readonly byte[] buffer = new byte[64 << 10];
        private int start;
        private int end;

        internal bool HasEnded { get; private set; }

        internal bool HasFailed { get; private set; }

        /// <summary>Whether another member follows: zeros between them only fill up (The .xz File Format, 2.2).</summary>
        internal bool HasMore()
        {
            while (Fill() && buffer[start] == 0 && Position > 0)
            {
                ReadByte();
            }

            return start < end;
        }

        protected override int Take(Span<byte> target)
        {
            if (!Fill())
            {
                return 0;
            }

            var count = Math.Min(target.Length, end - start);
            buffer.AsSpan(start, count).CopyTo(target);
            start += count;
            return count;
        }

        private bool Fill()
        {
            if (start == end)
            {
                HasFailed = true;
                (start, end) = (0, packed.Read(buffer));
                HasFailed = false;
                HasEnded |= end == 0;
            }

            return start < end;
        }
    }
}
