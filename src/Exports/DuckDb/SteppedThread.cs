using TraceCap.Exports.Buffers;

namespace TraceCap.Exports.DuckDb;

/// <summary>A thread that reads step by step; a step may give any number of rows.</summary>
/// <param name="batch">Gets them.</param>
/// <param name="steps">The steps.</param>
internal sealed class SteppedThread(ColumnBatch batch, IEnumerator<int> steps) : ScanThread
{
    /// <inheritdoc />
    internal override IReadOnlyList<ScanColumn> Columns { get; } = [.. batch.Columns.Select(values => new ScanColumn(values))];

    /// <inheritdoc />
    internal override int Count => batch.Count;

    /// <inheritdoc />
    internal override bool Read()
    {
        batch.Clear();
        while (batch.Count == 0 && steps.MoveNext())
        {
            // The batch has what it gave.
        }

        return batch.Count > 0;
    }
}
