using System.Diagnostics;
using System.Net;

namespace TraceCap.Exports.ClickHouse;

/// <summary>The body of a request that is sent no faster than so many bytes a second.</summary>
/// <param name="bytes">The body.</param>
/// <param name="limit">Bytes a second; null: as fast as it goes.</param>
internal sealed class PacedContent(ReadOnlyMemory<byte> bytes, long? limit) : HttpContent
{
    /// <summary>So much is sent at once: a tenth of a second's worth, so that nobody else on the line waits longer.</summary>
    private readonly int slice = (int)Math.Clamp((limit ?? long.MaxValue) / 10, 1, 1 << 20);

    /// <inheritdoc />
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < bytes.Length; sent += slice)
        {
            Wait(began, sent, cancellationToken);
            stream.Write(bytes.Span[sent..Math.Min(sent + slice, bytes.Length)]);
        }
    }

    /// <inheritdoc />
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        SerializeToStream(stream, context, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }

    private void Wait(long began, int sent, CancellationToken stop)
    {
        var early = TimeSpan.FromSeconds(sent / (double)(limit ?? long.MaxValue)) - Stopwatch.GetElapsedTime(began);
        if (early > TimeSpan.Zero && stop.WaitHandle.WaitOne(early))
        {
            stop.ThrowIfCancellationRequested();
        }
    }
}
