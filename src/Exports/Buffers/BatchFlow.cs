using TraceCap.Format.Reading;

namespace TraceCap.Exports.Buffers;

/// <summary>
/// Batches on their way: one is written, by another thread, while the next is filled. They are those of a file, or of many that are
/// written at the same time: what one has outgrown, the next one uses. For one thread that fills them.
/// </summary>
internal sealed class BatchFlow
{
    private readonly Stack<ColumnBatch> free = new();
    private readonly WorkAhead<Job> writing = new(job => job.Write(job.Batch), 1);

    /// <summary>Takes a batch without rows, or makes it.</summary>
    /// <param name="create">Makes one with the columns that all of them have.</param>
    internal ColumnBatch Take(Func<ColumnBatch> create) => free.TryPop(out var batch) ? batch : create();

    /// <summary>Has a batch written, once the one before it is.</summary>
    /// <exception cref="IOException">The one before it could not be written.</exception>
    internal void Write(ColumnBatch batch, Action<ColumnBatch> write)
    {
        Await();
        writing.Add(new Job(batch, write));
    }

    /// <summary>Waits until all is written.</summary>
    /// <exception cref="IOException">It could not be.</exception>
    internal void Await()
    {
        if (!writing.IsEmpty)
        {
            var written = writing.Take().Batch;
            written.Clear();
            free.Push(written);
        }
    }

    private sealed record Job(ColumnBatch Batch, Action<ColumnBatch> Write);
}
