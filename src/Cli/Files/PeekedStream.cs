namespace TraceCap.Cli.Files;

/// <summary>A stream whose first bytes were read already.</summary>
internal sealed class PeekedStream(ReadOnlyMemory<byte> first, Stream rest) : ForwardStream
{
    private ReadOnlyMemory<byte> first = first;

    protected override int Take(Span<byte> buffer)
    {
        if (first.IsEmpty)
        {
            return rest.Read(buffer);
        }

        var count = Math.Min(buffer.Length, first.Length);
        first.Span[..count].CopyTo(buffer);
        first = first[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
