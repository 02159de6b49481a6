using System.Runtime.InteropServices;

namespace TraceCap.Format;

/// <summary>Lays the events of a chunk out as a payload.</summary>
public static class ChunkEncoder
{
    /// <summary>Writes the payload, not yet packed.</summary>
    /// <param name="events">At most <see cref="BlockHeader.MaxPayload"/> bytes of them, in any order.</param>
    /// <param name="raw">Replaced by a larger array if it is too small.</param>
    /// <returns>The length of the payload in <paramref name="raw"/>.</returns>
    public static int Encode(ReadOnlySpan<TcpEvent> events, ref byte[] raw)
    {
        var bytes = MemoryMarshal.AsBytes(events);
        if (raw.Length < bytes.Length)
        {
            raw = new byte[bytes.Length];
        }

        bytes.CopyTo(raw);
        return bytes.Length;
    }
}

/// <summary>The reverse of <see cref="ChunkEncoder"/>.</summary>
public static class ChunkDecoder
{
    /// <summary>Reads the events of a chunk.</summary>
    /// <param name="raw">The unpacked payload.</param>
    /// <param name="events">As long as the block header says.</param>
    /// <exception cref="CaptureFormatException">The payload is not that of so many events.</exception>
    public static void Decode(ReadOnlySpan<byte> raw, Span<TcpEvent> events)
    {
        var bytes = MemoryMarshal.AsBytes(events);
        if (raw.Length != bytes.Length)
        {
            throw new CaptureFormatException($"a chunk of {events.Length} events has {raw.Length} bytes, not {bytes.Length}");
        }

        raw.CopyTo(bytes);
    }
}
