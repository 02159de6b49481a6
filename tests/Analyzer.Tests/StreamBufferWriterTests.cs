using System.Buffers;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Tests;

public sealed class StreamBufferWriterTests
{
    [Fact]
    public void What_is_written_arrives_in_order()
    {
        using var stream = new MemoryStream();
        var expected = new byte[1_000_000];
        new Random(1).NextBytes(expected);
        var writer = new StreamBufferWriter(stream);
        for (var (at, size) = (0, 1); at < expected.Length; at += size, size = size * 2 % 99_991)
        {
            size = Math.Min(size, expected.Length - at);
            expected.AsSpan(at, size).CopyTo(writer.GetSpan(size));
            writer.Advance(size);
        }

        writer.Flush();

        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void Nothing_arrives_before_there_is_a_buffer_full_or_a_flush()
    {
        using var stream = new MemoryStream();
        var writer = new StreamBufferWriter(stream);
        writer.Write("row\n"u8);
        Assert.Equal(0, stream.Length);
        writer.Flush();
        Assert.Equal(4, stream.Length);
    }

    [Fact]
    public void A_broken_pipe_is_reported_once()
    {
        using var closed = new MemoryStream([], writable: false);
        var writer = new StreamBufferWriter(closed);
        writer.Write("row\n"u8);
        Assert.Throws<NotSupportedException>(writer.Flush);
        writer.Flush();
    }
}
