namespace TraceCap.Exports.Perfetto;

/// <summary>
/// Tracks side by side for slices that overlap, as few as there are at once: slices of one track must not. They have the same name, so that
/// the viewer shows them as one.
/// </summary>
internal sealed class Lanes(TraceWriter writer, string name, ulong parent)
{
    private readonly PriorityQueue<ulong, ulong> free = new();

    /// <summary>The track for a slice. They are asked for in the order of their beginnings.</summary>
    /// <param name="begin">When it begins.</param>
    /// <param name="end">When it ends; null if it does not.</param>
    internal ulong Take(ulong begin, ulong? end)
    {
        var track = free.TryPeek(out _, out var ended) && ended <= begin ? free.Dequeue() : writer.Track(name, parent);
        if (end is { } time)
        {
            free.Enqueue(track, time);
        }

        return track;
    }
}
