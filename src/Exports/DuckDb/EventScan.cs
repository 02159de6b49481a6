using TraceCap.Analyzer.Filters;
using TraceCap.Exports.Schema;
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
