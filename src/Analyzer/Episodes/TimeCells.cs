namespace TraceCap.Analyzer.Episodes;

/// <summary>What is counted in one cell of <see cref="TimeCells{T}"/>.</summary>
internal interface ITimeCell<T>
    where T : struct
{
    /// <summary>Takes over what the cell behind it has counted.</summary>
    void Join(in T later);
}

/// <summary>
/// Counts by time in a bounded number of cells: whenever there would be too many each two become one, twice as long. Nothing is lost
/// but where in a cell it was. A quarter of the cells or more are in the time that was counted.
/// </summary>
/// <param name="most">As many cells at most, at least 8.</param>
/// <param name="shift">The length of a cell in the beginning: 2 to the power of it, in nanoseconds.</param>
internal sealed class TimeCells<T>(int most, int shift)
    where T : struct, ITimeCell<T>
{
    private const int Fewest = 8;

    private T[] cells = [];
    private long first;

    /// <summary>The length of a cell in nanoseconds.</summary>
    internal long Length => 1L << shift;

    /// <summary>How many cells there are.</summary>
    internal int Count => cells.Length;

    internal ref T this[int index] => ref cells[index];

    /// <summary>Where a cell begins, in nanoseconds.</summary>
    internal long Begin(int index) => (first + index) << shift;

    /// <summary>The cell that a time is in, which may move all others.</summary>
    internal ref T At(long place)
    {
        while (true)
        {
            var index = (place >> shift) - first;
            if ((ulong)index < (ulong)cells.Length)
            {
                return ref cells[index];
            }

            Cover(place >> shift);
        }
    }

    private void Cover(long number)
    {
        if (cells.Length == 0)
        {
            (cells, first) = (new T[Fewest], number);
            return;
        }

        var from = Math.Min(first, number);
        var needed = Math.Max(first + cells.Length - 1, number) - from + 1;
        if (needed > most)
        {
            Halve();
            return;
        }

        var length = cells.Length;
        while (length < needed)
        {
            length = Math.Min(2 * length, most);
        }

        var wider = new T[length];
        cells.CopyTo(wider, first - from);
        (cells, first) = (wider, from);
    }

    private void Halve()
    {
        shift++;
        var (begin, isOdd) = (first >> 1, (int)(first & 1));
        var coarse = new T[Math.Max(Fewest, (cells.Length + isOdd + 1) / 2)];
        for (var index = 0; index < cells.Length; index++)
        {
            coarse[(index + isOdd) / 2].Join(in cells[index]);
        }

        (cells, first) = (coarse, begin);
    }
}

/// <summary>A number.</summary>
internal struct CountCell : ITimeCell<CountCell>
{
    internal int Value;

    /// <inheritdoc />
    public void Join(in CountCell later) => Value += later.Value;
}
