using TraceCap.Format.Reading;

namespace TraceCap.Exports.DuckDb;

/// <summary>A capture of which chunks are taken.</summary>
/// <param name="name">As it was named.</param>
/// <param name="input">Its content.</param>
/// <param name="wanted">The time that is wanted of it.</param>
internal sealed class OpenCapture(string name, ICaptureInput input, WantedTime? wanted) : IDisposable
{
    /// <summary>As it was named.</summary>
    internal string Name => name;

    /// <summary>Its content.</summary>
    internal ICaptureInput Input => input;

    /// <summary>Its chunks.</summary>
    internal ChunkFeed Feed { get; } = new(input.Stream, wanted);

    /// <summary>How many still use it.</summary>
    internal int Users { get; set; } = 1;

    /// <inheritdoc cref="ChunkFeed.Take" />
    internal bool Take(TakenChunk chunk) => NamedErrors.In(name, () => Feed.Take(chunk));

    public void Dispose() => input.Dispose();
}
