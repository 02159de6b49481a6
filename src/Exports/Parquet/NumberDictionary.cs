namespace TraceCap.Exports.Parquet;

/// <summary>The different numbers of a column, if they are few.</summary>
internal sealed class NumberDictionary
{
    private const int Slots = 1 << 15;

    /// <summary>More do not pay, and half of the slots are free.</summary>
    private const int Most = Slots / 2;

    private readonly ulong[] values = new ulong[Most];
    private readonly int[] slots = new int[Slots];

    /// <summary>How many there are.</summary>
    internal int Count { get; private set; }

    /// <summary>The numbers, each at its place.</summary>
    internal ReadOnlySpan<ulong> Values => values.AsSpan(0, Count);

    /// <summary>Finds out whether a dictionary pays.</summary>
    /// <param name="column">The column.</param>
    /// <param name="places">Becomes the place of each number in <see cref="Values"/>.</param>
    /// <param name="size">The bytes of a number.</param>
    /// <returns>Whether dictionary and places together are smaller than the numbers.</returns>
    internal bool TryMake(ReadOnlySpan<ulong> column, Span<int> places, int size)
    {
        Array.Clear(slots);
        Count = 0;
        var (latest, place) = (0ul, -1);
        for (var i = 0; i < column.Length; i++)
        {
            if (place < 0 || column[i] != latest)
            {
                latest = column[i];
                place = PlaceOf(latest);
                if (place < 0 || (i == column.Length / 8 && Count > i / 2))
                {
                    return false;
                }
            }

            places[i] = place;
        }

        return (Count * (long)size) + (column.Length * (long)HybridRuns.WidthOf(Count) / 8) < column.Length * (long)size;
    }

    private int PlaceOf(ulong value)
    {
        var slot = (int)((value * 0x9E3779B97F4A7C15) >> 49);
        for (; slots[slot] != 0; slot = (slot + 1) & (Slots - 1))
        {
            if (values[slots[slot] - 1] == value)
            {
                return slots[slot] - 1;
            }
        }

        if (Count == Most)
        {
            return -1;
        }

        values[Count++] = value;
        slots[slot] = Count;
        return Count - 1;
    }
}
