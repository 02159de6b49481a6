using System.Diagnostics.CodeAnalysis;

namespace TraceCap.Analyzer.Connections;

/// <summary>Which of two connections comes first, each with what it was recorded in: negative for the one, positive for the other,
/// 0 if they are equal.</summary>
internal delegate int ConnectionComparison(
    in Connection one, RecordedSpan recording, in Connection other, RecordedSpan otherRecording);

/// <summary>
/// Holds connections back until all are there, then hands them on in order: as many as are wanted. Equal ones stay in the order
/// in which they ended. Memory is bounded, whatever their number: what is more than <see cref="Most"/> is sorted by parts, which
/// wait in a temporary file. Of a few that are wanted no more than twice as many are held.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The file is let go at the end, or by its handle after an error; it has no name.")]
internal sealed class ConnectionSort : IConnectionSink
{
    /// <summary>As many are held in memory at most: about 60 MiB.</summary>
    internal const int Most = 1 << 18;

    private const int Least = 1 << 10;

    // As many as stay within the processor's cache.
    private const int Together = 256;

    private readonly ConnectionComparison order;
    private readonly ulong limit;
    private readonly IConnectionSink next;
    private readonly int most;
    private readonly bool isFew;
    private readonly List<RecordedSpan> recordings = [];
    private HeldConnection[] held = [];
    private int count;
    private SortedRuns? runs;

    /// <param name="order">By what.</param>
    /// <param name="limit">How many are wanted at most.</param>
    /// <param name="next">Where they go.</param>
    /// <param name="most">As many are held in memory at most.</param>
    internal ConnectionSort(ConnectionComparison order, ulong limit, IConnectionSink next, int most = Most)
    {
        (this.order, this.limit, this.next) = (order, limit, next);
        isFew = limit <= (ulong)most / 2;
        this.most = isFew ? Math.Max(2 * (int)limit, Math.Min(Least, most)) : most;
    }

    /// <inheritdoc />
    /// <exception cref="IOException">The temporary file cannot be written.</exception>
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        if (recordings.Count == 0 || recordings[^1] != recording)
        {
            recordings.Add(recording);
        }

        foreach (ref readonly var connection in connections)
        {
            if (count == most)
            {
                MakeRoom();
            }

            if (count == held.Length)
            {
                Array.Resize(ref held, Math.Min(most, Math.Max(Least, 2 * count)));
            }

            held[count++] = new HeldConnection { Connection = connection, Recording = recordings.Count - 1 };
        }
    }

    /// <summary>Hands on what is held.</summary>
    /// <exception cref="IOException">The temporary file cannot be read.</exception>
    public void End()
    {
        var sorted = Sort();
        if (runs is null)
        {
            HandOn(sorted.Select(place => held[place]));
        }
        else
        {
            runs.Add(held, sorted);
            held = [];
            HandOn(runs.Merge(Compare));
            runs.Dispose();
            runs = null;
        }

        (held, count) = ([], 0);
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        End();
        next.End(recordings);
    }

    private int Compare(in HeldConnection one, in HeldConnection other) =>
        order(in one.Connection, recordings[one.Recording], in other.Connection, recordings[other.Recording]);

    /// <summary>Sorts places, which is faster than to move connections.</summary>
    private int[] Sort()
    {
        var places = new int[count];
        for (var i = 0; i < count; i++)
        {
            places[i] = i;
        }

        places.AsSpan().Sort((one, other) => Compare(in held[one], in held[other]) is not 0 and var decided ? decided : one.CompareTo(other));
        return places;
    }

    private void MakeRoom()
    {
        var sorted = Sort();
        if (isFew)
        {
            held = [.. sorted.Take((int)limit).Select(place => held[place])];
            count = held.Length;
            return;
        }

        runs ??= new SortedRuns();
        runs.Add(held, sorted);
        count = 0;
    }

    private void HandOn(IEnumerable<HeldConnection> sorted)
    {
        var batch = new Connection[Together];
        var length = 0;
        var of = 0;
        var left = limit;
        foreach (var one in sorted)
        {
            if (left-- == 0)
            {
                break;
            }

            if (length == batch.Length || (length > 0 && of != one.Recording))
            {
                next.Take(batch.AsSpan(0, length), recordings[of]);
                length = 0;
            }

            of = one.Recording;
            batch[length++] = one.Connection;
        }

        if (length > 0)
        {
            next.Take(batch.AsSpan(0, length), recordings[of]);
        }
    }
}
