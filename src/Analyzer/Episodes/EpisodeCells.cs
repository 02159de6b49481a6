namespace TraceCap.Analyzer.Episodes;

/// <summary>A time in which most of what was tried went badly.</summary>
/// <param name="From">When the first went badly, in nanoseconds on the <see cref="Figures.TimeLine"/>.</param>
/// <param name="To">When the last did.</param>
/// <param name="Bad">How many did.</param>
/// <param name="Good">How many went well between the two.</param>
/// <param name="Recovered">When the first one after it went well; null if none did.</param>
internal readonly record struct Episode(long From, long To, long Bad, long Good, long? Recovered)
{
    /// <summary>All that was tried.</summary>
    internal long Tried => Bad + Good;
}

/// <summary>
/// When things went badly, and when well meanwhile. Bad ones are to come in the order of time; a good one may come late, as a
/// connection does that lived on. So of each cell it is known how many went well before its first bad one and after its last, and an
/// episode begins and ends to the nanosecond. Memory: 13 KiB.
/// </summary>
internal sealed class EpisodeCells
{
    private const int Most = 256;

    private readonly TimeCells<Cell> cells = new(Most, 20);

    internal void Bad(long at)
    {
        ref var cell = ref cells.At(at);
        if (cell.Bad == 0)
        {
            (cell.FirstBad, cell.LastBad) = (at, at);
        }

        cell.Bad++;
        cell.Between += cell.After;
        (cell.After, cell.Recovered) = (0, 0);
        cell.FirstBad = Math.Min(cell.FirstBad, at);
        cell.LastBad = Math.Max(cell.LastBad, at);
    }

    internal void Good(long at)
    {
        ref var cell = ref cells.At(at);
        cell.FirstGood = cell.Before + cell.Between + cell.After == 0 ? at : Math.Min(cell.FirstGood, at);
        if (cell.Bad == 0 || at < cell.FirstBad)
        {
            cell.Before++;
        }
        else if (at <= cell.LastBad)
        {
            cell.Between++;
        }
        else
        {
            cell.Recovered = cell.After == 0 ? at : Math.Min(cell.Recovered, at);
            cell.After++;
        }
    }

    /// <summary>The times in which the bad ones outweigh the good ones most, the greatest first.</summary>
    /// <param name="weight">As many bad ones outweigh a good one: 9 asks for 90 % bad ones.</param>
    /// <param name="most">As many of them.</param>
    internal List<Episode> Find(double weight, int most)
    {
        var found = new List<Episode>();
        var left = new List<(int From, int To)> { (0, cells.Count) };
        while (left.Count > 0 && found.Count < most)
        {
            var best = left.Select(range => (Range: range, Found: Worst(weight, range.From, range.To))).MaxBy(one => one.Found.Score);
            if (best.Found.Score <= 0)
            {
                break;
            }

            left.Remove(best.Range);
            left.Add((best.Range.From, best.Found.First));
            left.Add((best.Found.Last + 1, best.Range.To));
            found.Add(Describe(best.Found.First, best.Found.Last));
        }

        return found;
    }

    /// <summary>How many bad ones there are in the cells of which all are in a time.</summary>
    internal long BadBetween(long from, long to)
    {
        var sum = 0L;
        for (var index = 0; index < cells.Count; index++)
        {
            sum += cells[index].Bad > 0 && cells[index].FirstBad >= from && cells[index].LastBad <= to ? cells[index].Bad : 0;
        }

        return sum;
    }

    /// <summary>The run of cells, from the first bad one in its first to the last bad one in its last, with the greatest sum of bad ones
    /// less weighted good ones (Kadane's algorithm).</summary>
    private (double Score, int First, int Last) Worst(double weight, int from, int to)
    {
        var best = (Score: 0.0, First: 0, Last: 0);
        var (sum, first) = (0.0, from);
        for (var index = from; index < to; index++)
        {
            ref readonly var cell = ref cells[index];
            sum -= weight * cell.Before;
            if (sum <= 0)
            {
                (sum, first) = (0, index);
            }

            sum += cell.Bad - (weight * cell.Between);
            if (cell.Bad > 0 && sum > best.Score)
            {
                best = (sum, first, index);
            }

            sum -= weight * cell.After;
            if (sum <= 0)
            {
                (sum, first) = (0, index + 1);
            }
        }

        return best;
    }

    private Episode Describe(int first, int last)
    {
        // An empty cell may have begun the run.
        while (cells[first].Bad == 0)
        {
            first++;
        }

        var (bad, good) = (0L, 0L);
        for (var index = first; index <= last; index++)
        {
            ref readonly var cell = ref cells[index];
            bad += cell.Bad;
            good += cell.Between + (index > first ? cell.Before : 0) + (index < last ? cell.After : 0);
        }

        return new Episode(cells[first].FirstBad, cells[last].LastBad, bad, good, RecoveredAfter(last));
    }

    private long? RecoveredAfter(int last)
    {
        if (cells[last].After > 0)
        {
            return cells[last].Recovered;
        }

        for (var index = last + 1; index < cells.Count; index++)
        {
            if (cells[index].Before + cells[index].Between + cells[index].After > 0)
            {
                return cells[index].FirstGood;
            }
        }

        return null;
    }

    private struct Cell : ITimeCell<Cell>
    {
        internal int Bad;
        internal int Before;
        internal int Between;
        internal int After;
        internal long FirstBad;
        internal long LastBad;
        internal long FirstGood;

        /// <summary>The first good one after the last bad one.</summary>
        internal long Recovered;

        /// <inheritdoc />
        public void Join(in Cell later)
        {
            var (good, goodLater) = (Before + Between + After, later.Before + later.Between + later.After);
            FirstGood = good == 0 ? later.FirstGood : FirstGood;
            if (later.Bad == 0)
            {
                Recovered = Bad > 0 && After == 0 ? later.FirstGood : Recovered;
                (Before, After) = Bad == 0 ? (Before + goodLater, 0) : (Before, After + goodLater);
                return;
            }

            (Before, Between) = Bad == 0 ? (Before + later.Before, later.Between) : (Before, Between + After + later.Before + later.Between);
            FirstBad = Bad == 0 ? later.FirstBad : FirstBad;
            (After, LastBad, Recovered) = (later.After, later.LastBad, later.Recovered);
            Bad += later.Bad;
        }
    }
}
