using TraceCap.Analyzer.Filters;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;
using TraceCap.Format.Chunks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.DuckDb;

/// <summary>Events that are read: each thread takes a chunk, and decodes of it what the query needs.</summary>
/// <param name="request">What of them.</param>
/// <param name="filter">The same, of captures whose end is known if it has to be.</param>
/// <param name="columns">The columns that are needed.</param>
internal sealed class EventScan(TableRequest request, CaptureFilter filter, IReadOnlyList<BoundColumn<EventGet>> columns) : TableScan
{
    private readonly Lock taking = new();
    private readonly Queue<string> left = new(request.Files);
    private readonly List<OpenCapture> open = [];
    private OpenCapture? current;

    /// <inheritdoc />
    internal override int Threads => Environment.ProcessorCount;

    /// <summary>Which rows.</summary>
    internal CaptureFilter Filter => filter;

    /// <summary>The columns that are needed.</summary>
    internal IReadOnlyList<BoundColumn<EventGet>> Columns => columns;

    /// <inheritdoc />
    internal override ScanThread Begin() => new EventThread(this);

    /// <summary>Takes the next chunk.</summary>
    /// <param name="chunk">Becomes it.</param>
    /// <param name="done">The capture of the chunk that the thread had before; null at first.</param>
    /// <returns>The capture of the chunk; null at the end.</returns>
    internal OpenCapture? Take(TakenChunk chunk, OpenCapture? done)
    {
        lock (taking)
        {
            request.Token.ThrowIfCancellationRequested();
            Release(done);
            while (current is not null || left.Count > 0)
            {
                current ??= Open(left.Dequeue());
                if (current.Take(chunk))
                {
                    current.Users++;
                    return current;
                }

                Release(current);
                current = null;
            }

            return null;
        }
    }

    /// <summary>Notes that a chunk turned out to be malformed.</summary>
    internal void AddDamage(OpenCapture capture, TakenChunk chunk, string what)
    {
        lock (taking)
        {
            capture.Feed.AddDamage(chunk, what);
        }
    }

    public override void Dispose()
    {
        foreach (var capture in open)
        {
            capture.Dispose();
        }

        base.Dispose();
    }

    private OpenCapture Open(string name)
    {
        var capture = new OpenCapture(name, request.Inputs.Open(name), filter.Time);
        open.Add(capture);
        return capture;
    }

    /// <summary>Who feeds from a capture counts once, and who works on a chunk of it: the last of them says that it has ended.</summary>
    private void Release(OpenCapture? capture)
    {
        if (capture is not null && --capture.Users == 0)
        {
            open.Remove(capture);
            using (capture)
            {
                capture.Input.Ended(capture.Feed.Reader);
            }
        }
    }
}

/// <summary>A thread that reads events. Of a chunk it makes so many rows at once as stay in the processor's cache, with those of their
/// parts that the columns and the filter need.</summary>
internal sealed class EventThread : ScanThread
{
    /// <summary>As many as DuckDB takes at once.</summary>
    private const int MostRows = DataChunkWriter.MostRows;

    private readonly EventScan scan;
    private readonly EventBatch batch;
    private readonly EventParts parts;
    private readonly bool needsClock;
    private readonly TakenChunk chunk = new();
    private readonly TcpEvent[] rows = new TcpEvent[MostRows];
    private readonly TcpEvent[] picked = new TcpEvent[MostRows];
    private OpenCapture? capture;
    private int next;
    private bool isOver;

    internal EventThread(EventScan scan)
    {
        this.scan = scan;
        batch = new EventBatch(scan.Columns);
        needsClock = scan.Filter.Time is not null || scan.Columns.Any(column => ColumnParts.NeedsClock(column.Of));
        parts = scan.Columns.Aggregate(ColumnParts.Of(scan.Filter), (all, column) => all | ColumnParts.Of(column.Of));
    }

    /// <inheritdoc />
    internal override ColumnBatch Rows => batch;

    /// <inheritdoc />
    internal override bool Read()
    {
        batch.Clear();
        while (batch.Count == 0 && !isOver)
        {
            if (capture is null || next == chunk.Events)
            {
                Take();
                continue;
            }

            try
            {
                ReadRows();
            }
            catch (CaptureFormatException error)
            {
                Skip(error);
            }
        }

        return batch.Count > 0;
    }

    private void Take()
    {
        next = 0;
        capture = scan.Take(chunk, capture);
        isOver = capture is null;
        if (capture is null)
        {
            return;
        }

        batch.Capture = capture.Name;
        if (parts == EventParts.None)
        {
            return;
        }

        try
        {
            var columns = chunk.Open();
            next = ChunkChoice.MayHave(in columns, scan.Filter.Events) ? 0 : chunk.Events;
        }
        catch (CaptureFormatException error)
        {
            Skip(error);
        }
    }

    private void Skip(CaptureFormatException error)
    {
        batch.Clear();
        scan.AddDamage(capture!, chunk, error.Message);
        next = chunk.Events;
    }

    private void ReadRows()
    {
        var count = Math.Min(MostRows, chunk.Events - next);
        if (parts != EventParts.None)
        {
            chunk.Assemble(next, rows.AsSpan(0, count), parts);
        }

        next += count;
        ReadOnlySpan<TcpEvent> left = rows.AsSpan(0, count);
        if (!needsClock)
        {
            Add(left, chunk.Context);
            return;
        }

        while (!left.IsEmpty)
        {
            var context = chunk.Context.TakeRun(ref left, out var run);
            Add(run, context);
        }
    }

    private void Add(ReadOnlySpan<TcpEvent> events, EventContext context)
    {
        if (scan.Filter.IsAll)
        {
            batch.Add(events, context);
            return;
        }

        var wanted = NamedErrors.In(capture!.Name, () => scan.Filter.Resolve(context));
        var count = 0;
        foreach (ref readonly var one in events)
        {
            if (wanted.Matches(in one))
            {
                picked[count++] = one;
            }
        }

        batch.Add(picked.AsSpan(0, count), context);
    }
}
