namespace TraceCap.Exports.ClickHouse;

/// <summary>Cuts rows into batches of one day each: the server keeps days apart, and takes what is of one day whole or not at all.</summary>
/// <param name="rows">How rows are written.</param>
/// <param name="upload">Where batches go.</param>
/// <typeparam name="TRow">What a row is made of.</typeparam>
/// <typeparam name="TContext">What holds for several rows.</typeparam>
internal sealed class BatchCutter<TRow, TContext>(FleetRows<TRow, TContext> rows, BatchUpload upload)
{
    /// <summary>Around midnight rows of two days take turns. More are only where clocks were set.</summary>
    private const int MostOpen = 3;

    private const ulong DayLength = 86_400_000_000_000;

    /// <summary>The one that was added to last is the last.</summary>
    private readonly List<Batch> open = [];
    private readonly Dictionary<int, ulong> counts = [];

    /// <summary>How many rows there were.</summary>
    internal ulong Rows { get; private set; }

    /// <summary>Adds a row.</summary>
    /// <exception cref="UndatedException">It is not known when it was.</exception>
    internal void Add(in TRow row, TContext context)
    {
        var time = rows.TimeOf(in row, context) ?? throw new UndatedException();
        var batch = BatchOf((int)(time / DayLength));
        rows.Write(batch.Bytes, counts[batch.Day]++, in row, context);
        batch.EndRow(time);
        Rows++;
        if (batch.IsFull)
        {
            Send(batch);
        }
    }

    /// <summary>No more rows follow.</summary>
    internal void End()
    {
        while (open.Count > 0)
        {
            Send(open[0]);
        }
    }

    private Batch BatchOf(int day)
    {
        if (open is [.., var last] && last.Day == day)
        {
            return last;
        }

        var batch = open.Find(one => one.Day == day);
        if (batch is null)
        {
            if (open.Count == MostOpen)
            {
                Send(open[0]);
            }

            batch = upload.Rent(rows.Table);
            counts.TryAdd(day, 0);
            batch.Begin(day, counts[day]);
        }
        else
        {
            open.Remove(batch);
        }

        open.Add(batch);
        return batch;
    }

    private void Send(Batch batch)
    {
        open.Remove(batch);
        upload.Send(batch);
    }
}

/// <summary>A capture does not tell when something was, so that it has no place among those of other hosts.</summary>
internal sealed class UndatedException() : Exception("it does not tell the time of day of its events (such is what was imported from text without dates), so a fleet has no place for it");
