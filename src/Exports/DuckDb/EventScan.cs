using TraceCap.Analyzer.Filters;
using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;
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

/// <summary>A thread that reads events: chunk by chunk, and of a chunk as many rows at once as DuckDB takes. What events share is made
/// once for the chunk; only for the other columns, and for a filter, events are made, with those of their parts that these need.</summary>
internal sealed class EventThread : ScanThread
{
    private const int MostRows = DataChunkWriter.MostRows;

    private readonly EventScan scan;
    private readonly SharedColumns[] shared;
    private readonly EventBatch batch;
    private readonly EventParts parts;
    private readonly bool needsClock;
    private readonly TakenChunk chunk = new();
    private readonly TcpEvent[] rows = new TcpEvent[MostRows];
    private readonly TcpEvent[] picked = new TcpEvent[MostRows];
    private readonly int[] pickedEvents = new int[MostRows];
    private OpenCapture? capture;
    private int next;
    private int count;
    private bool isOver;

    internal EventThread(EventScan scan)
    {
        this.scan = scan;
        var made = new Dictionary<BoundColumn<EventGet>, ScanColumn>();
        var groups = scan.Columns.ToLookup(column => ColumnParts.SharedBy(column.Of));
        BoundColumn<EventGet>[] own = [.. groups[SharedBy.None]];
        batch = new EventBatch(own);
        needsClock = scan.Filter.Time is not null || own.Any(column => ColumnParts.NeedsClock(column.Of));
        parts = own.Aggregate(ColumnParts.Of(scan.Filter), (all, column) => all | ColumnParts.Of(column.Of));
        Note(own, [.. batch.Columns.Select(values => new ScanColumn(values))]);
        shared = [.. groups.Where(group => group.Key != SharedBy.None).Select(group =>
        {
            var columns = new SharedColumns(group.Key, [.. group]);
            Note([.. group], columns.Columns);
            return columns;
        })];
        Columns = [.. scan.Columns.Select(column => made[column])];

        void Note(BoundColumn<EventGet>[] columns, IReadOnlyList<ScanColumn> shown)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                made[columns[i]] = shown[i];
            }
        }
    }

    /// <inheritdoc />
    internal override IReadOnlyList<ScanColumn> Columns { get; }

    /// <inheritdoc />
    internal override int Count => count;

    /// <inheritdoc />
    internal override bool Read()
    {
        count = 0;
        while (count == 0 && !isOver)
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

        return count > 0;
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
        if (parts == EventParts.None && shared.Length == 0)
        {
            return;
        }

        try
        {
            var columns = chunk.Open();
            if (!ChunkChoice.MayHave(in columns, scan.Filter.Events))
            {
                next = chunk.Events;
                return;
            }

            foreach (var one in shared)
            {
                one.Load(capture.Name, in columns, chunk.Events, chunk.Context);
            }
        }
        catch (CaptureFormatException error)
        {
            Skip(error);
        }
    }

    private void Skip(CaptureFormatException error)
    {
        count = 0;
        scan.AddDamage(capture!, chunk, error.Message);
        next = chunk.Events;
    }

    private void ReadRows()
    {
        var (first, some) = (next, Math.Min(MostRows, chunk.Events - next));
        batch.Clear();
        if (parts != EventParts.None)
        {
            chunk.Assemble(first, rows.AsSpan(0, some), parts);
        }

        if (scan.Filter.IsAll && batch.Columns.Count == 0)
        {
            count = some;
        }
        else
        {
            AddRows(first, rows.AsSpan(0, some));
        }

        next += some;
        foreach (var one in shared)
        {
            if (scan.Filter.IsAll)
            {
                one.Choose(first, some);
            }
            else
            {
                one.Choose(pickedEvents.AsSpan(0, count));
            }
        }
    }

    private void AddRows(int first, ReadOnlySpan<TcpEvent> left)
    {
        if (!needsClock)
        {
            Add(first, left, chunk.Context);
            return;
        }

        while (!left.IsEmpty)
        {
            var context = chunk.Context.TakeRun(ref left, out var run);
            Add(first, run, context);
            first += run.Length;
        }
    }

    private void Add(int first, ReadOnlySpan<TcpEvent> events, EventContext context)
    {
        if (scan.Filter.IsAll)
        {
            batch.Add(events, context);
            count += events.Length;
            return;
        }

        var wanted = NamedErrors.In(capture!.Name, () => scan.Filter.Resolve(context));
        var found = 0;
        for (var i = 0; i < events.Length; i++)
        {
            if (wanted.Matches(in events[i]))
            {
                picked[found++] = events[i];
                pickedEvents[count++] = first + i;
            }
        }

        batch.Add(picked.AsSpan(0, found), context);
    }
}
