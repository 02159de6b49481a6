namespace TraceCap.Exports.ClickHouse;

/// <summary>Sends batches while the next one is made. Each is there once in the end, whatever fails meanwhile.</summary>
/// <param name="server">Where to.</param>
/// <param name="capture">What they are of.</param>
/// <param name="patience">How long it is tried.</param>
/// <param name="stop">Ends it.</param>
internal sealed class BatchUpload(FleetServer server, CaptureIdentity capture, Patience patience, CancellationToken stop) : IDisposable
{
    private readonly Stack<Batch> spare = [];
    private Task running = Task.CompletedTask;
    private Batch? sent;

    /// <summary>Whether some of the table's rows may be there from before, so that each batch is asked for before it is sent.</summary>
    internal bool MayBeThere { get; set; }

    /// <summary>Bytes that were sent.</summary>
    internal long Bytes { get; private set; }

    /// <summary>A batch to fill.</summary>
    internal Batch Rent(FleetTable table) => spare.TryPeek(out var batch) && batch.Table == table ? spare.Pop() : new Batch(table);

    /// <summary>Sends a batch, once the one before is there.</summary>
    /// <exception cref="FleetException">The one before could not be delivered.</exception>
    /// <exception cref="OperationCanceledException">It was to end.</exception>
    internal void Send(Batch batch)
    {
        Await();
        sent = batch;
        var asks = MayBeThere;
        running = Task.Run(() => Deliver(batch, asks), CancellationToken.None);
    }

    /// <summary>Waits until all is there.</summary>
    /// <inheritdoc cref="Send" path="/exception" />
    internal void Await()
    {
        running.GetAwaiter().GetResult();
        if (sent is not null)
        {
            spare.Push(sent);
            sent = null;
        }
    }

    public void Dispose()
    {
        try
        {
            running.GetAwaiter().GetResult();
        }
        catch (Exception error) when (error is FleetException or OperationCanceledException)
        {
            // What failed before it has been told.
        }
    }

    private void Deliver(Batch batch, bool asks)
    {
        var token = batch.TokenOf(capture);
        patience.Keep(
            () =>
            {
                // After a failure nobody knows whether it arrived.
                if (!asks || server.Count(batch, capture) < (ulong)batch.Rows)
                {
                    asks = true;
                    Bytes += server.Insert(batch, token, stop);
                }
            },
            stop);
    }
}
