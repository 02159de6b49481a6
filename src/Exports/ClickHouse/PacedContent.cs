using System.Diagnostics;
using System.Net;

namespace TraceCap.Exports.ClickHouse;

/// <summary>The body of a request that is sent no faster than so many bytes a second.</summary>
/// <param name="source">The body, from where it is; it can be gone back in.</param>
/// <param name="limit">Bytes a second; null: as fast as it goes.</param>
internal sealed class PacedContent(Stream source, long? limit) : HttpContent
{
    private readonly long begin = source.Position;

    /// <summary>So much is sent at once: a tenth of a second's worth, so that nobody else on the line waits longer.</summary>
    private readonly int slice = (int)Math.Clamp((limit ?? long.MaxValue) / 10, 1, 1 << 18);

    /// <inheritdoc />
    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        source.Position = begin;
        var began = Stopwatch.GetTimestamp();
        var bytes = new byte[slice];
        for (var sent = 0L; source.Read(bytes) is > 0 and var count; sent += count)
        {
            Wait(began, sent, cancellationToken);
            stream.Write(bytes, 0, count);
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
        length = source.Length - begin;
        return true;
    }

    private void Wait(long began, long sent, CancellationToken stop)
    {
        var early = TimeSpan.FromSeconds(sent / (double)(limit ?? long.MaxValue)) - Stopwatch.GetElapsedTime(began);
        if (early > TimeSpan.Zero && stop.WaitHandle.WaitOne(early))
        {
            stop.ThrowIfCancellationRequested();
        }
    }
}
