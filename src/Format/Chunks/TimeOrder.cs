namespace TraceCap.Format.Chunks;

/// <summary>Where the events of a chunk stand once they are in the order of time; of equal times the one that arrived first comes first.
/// Keeps its memory from chunk to chunk.</summary>
internal sealed class TimeOrder
{
    private (ulong Time, int Place)[] keys = [];
    private int[] places = [];

    /// <summary>The place of each event.</summary>
    /// <param name="times">Their timestamps, in the order of arrival.</param>
    /// <returns>None if they are in order already. Valid until the next call.</returns>
    internal ReadOnlySpan<int> PlacesOf(ReadOnlySpan<ulong> times)
    {
        if (IsAscending(times))
        {
            return [];
        }

        ChunkMemory.Reserve(ref keys, times.Length);
        ChunkMemory.Reserve(ref places, times.Length);
        var sorted = keys.AsSpan(0, times.Length);
        for (var i = 0; i < times.Length; i++)
        {
            sorted[i] = (times[i], i);
        }

        Sort(sorted);
        for (var i = 0; i < sorted.Length; i++)
        {
            places[sorted[i].Place] = i;
        }

        return places.AsSpan(0, times.Length);
    }

    /// <summary>Sorts events by their times, and equal ones by their places, which are ascending.</summary>
    internal static void Sort(Span<(ulong Time, int Place)> keys)
    {
        if (!TryInsertionSort(keys))
        {
            keys.Sort();
        }
    }

    /// <summary>The fastest where each event is a few places late, and quadratic where not: then it gives up, having
    /// only exchanged elements.</summary>
    private static bool TryInsertionSort(Span<(ulong Time, int Place)> keys)
    {
        var budget = 32L * keys.Length;
        for (var i = 1; i < keys.Length; i++)
        {
            var key = keys[i];
            var hole = i;
            while (hole > 0 && keys[hole - 1].Time > key.Time)
            {
                keys[hole] = keys[hole - 1];
                hole--;
            }

            keys[hole] = key;
            budget -= i - hole;
            if (budget < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAscending(ReadOnlySpan<ulong> times)
    {
        for (var i = 1; i < times.Length; i++)
        {
            if (times[i] < times[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
