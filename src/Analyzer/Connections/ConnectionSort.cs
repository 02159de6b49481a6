using System.Runtime.InteropServices;

namespace TraceCap.Analyzer.Connections;

/// <summary>Which of two connections comes first, each with what it was recorded in: negative for the one, positive for the other,
/// 0 if they are equal.</summary>
internal delegate int ConnectionComparison(
    in Connection one, RecordedSpan recording, in Connection other, RecordedSpan otherRecording);

/// <summary>
/// Holds connections back until all are there, then hands them on in order: as many as are wanted, and no more than twice as many are held.
/// Equal ones stay in the order in which they ended.</summary>
/// <param name="order">By what.</param>
/// <param name="limit">How many are wanted at most.</param>
/// <param name="next">Where they go.</param>
internal sealed class ConnectionSort(ConnectionComparison order, ulong limit, IConnectionSink next) : IConnectionSink
{
    private const ulong Least = 1024;

    private List<(Connection Connection, RecordedSpan Recording)> held = [];

    /// <inheritdoc />
    public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        foreach (ref readonly var connection in connections)
        {
            held.Add((connection, recording));
            if ((ulong)held.Count / 2 >= Math.Max(limit, Least))
            {
                held = [.. Sorted().Select(place => held[place])];
            }
        }
    }

    /// <summary>Hands on what is held.</summary>
    public void End()
    {
        var all = CollectionsMarshal.AsSpan(held);
        foreach (var place in Sorted())
        {
            next.Take(new ReadOnlySpan<Connection>(in all[place].Connection), all[place].Recording);
        }

        held = [];
    }

    /// <inheritdoc />
    public void End(IReadOnlyList<RecordedSpan> recordings)
    {
        End();
        next.End(recordings);
    }

    /// <summary>The places of those that are wanted, in order.</summary>
    private ReadOnlyMemory<int> Places()
    {
        var places = new int[held.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = i;
        }

        places.AsSpan().Sort((one, other) =>
        {
            var all = CollectionsMarshal.AsSpan(held);
            var decided = order(in all[one].Connection, all[one].Recording, in all[other].Connection, all[other].Recording);
            return decided != 0 ? decided : one.CompareTo(other);
        });
        return places.AsMemory(0, (int)Math.Min(limit, (ulong)places.Length));
    }

    private IEnumerable<int> Sorted() => MemoryMarshal.ToEnumerable(Places());
}
