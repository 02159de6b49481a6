using TraceCap.Exports.Buffers;

namespace TraceCap.Exports.DuckDb;

/// <summary>A table that is read capture by capture, each at once.</summary>
/// <typeparam name="TBatch">What its rows are kept in.</typeparam>
/// <param name="request">What of it.</param>
/// <param name="batch">Gets the rows.</param>
/// <param name="add">Adds those of a capture.</param>
internal sealed class FileScan<TBatch>(TableRequest request, TBatch batch, Action<TBatch, ICaptureInput, CancellationToken> add) : TableScan
    where TBatch : ColumnBatch
{
    /// <inheritdoc />
    internal override ScanThread Begin() => new SteppedThread(batch, Steps().GetEnumerator());

    private IEnumerable<int> Steps()
    {
        for (var i = 0; i < request.Files.Count; i++)
        {
            request.Token.ThrowIfCancellationRequested();
            batch.Capture = request.Files[i];
            using (var input = request.Inputs.Open(request.Files[i]))
            {
                NamedErrors.In(request.Files[i], () =>
                {
                    add(batch, input, request.Token);
                    return true;
                });
            }

            yield return i;
        }
    }
}
