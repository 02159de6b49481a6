using System.Runtime.InteropServices;

namespace TraceCap.Analyzer.Rolling;

/// <summary>The connections of a group: what happened to them in each of the last cells of time, and in all before together.</summary>
internal sealed class RollingGroup
{
    // In the order of time; only those in which something happened.
    private readonly List<(long Number, RollingCounts Counts)> cells = [];

    /// <summary>What happened in the cells that were let go; its times to connect are not kept.</summary>
    internal RollingCounts Before { get; } = new();

    /// <summary>Whether nothing is known of it but what is long over.</summary>
    internal bool IsOver => cells.Count == 0 && Before.Change == 0;

    /// <summary>How much there is to tell.</summary>
    internal long Weight => cells.Sum(cell => cell.Counts.Weight) + Math.Abs(Before.Change);

    /// <summary>The counts of a cell.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="letGo">Up to this number cells are let go.</param>
    internal RollingCounts At(long number, long letGo)
    {
        if (number <= letGo)
        {
            return Before;
        }

        var place = cells.Count;
        while (place > 0 && cells[place - 1].Number > number)
        {
            place--;
        }

        if (place > 0 && cells[place - 1].Number == number)
        {
            return cells[place - 1].Counts;
        }

        var counts = new RollingCounts();
        cells.Insert(place, (number, counts));
        return counts;
    }

    /// <summary>Lets cells go up to this number.</summary>
    internal void LetGo(long number)
    {
        var count = 0;
        for (; count < cells.Count && cells[count].Number <= number; count++)
        {
            Before.Add(cells[count].Counts, withTimes: false);
        }

        cells.RemoveRange(0, count);
    }

    /// <summary>Gives all it has to another.</summary>
    internal void MoveTo(RollingGroup other)
    {
        other.Before.Add(Before, withTimes: false);
        foreach (var (number, counts) in cells)
        {
            other.At(number, long.MinValue).Add(counts);
        }
    }

    /// <summary>Adds what happened in some cells to a sum, and to its change all that are open at their end.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="open">Takes how many are open at the end.</param>
    /// <param name="after">The number before that of the first.</param>
    /// <param name="last">The number of the last.</param>
    internal void AddTo(RollingCounts sum, ref long open, long after, long last)
    {
        open += Before.Change;
        foreach (ref readonly var cell in CollectionsMarshal.AsSpan(cells))
        {
            if (cell.Number > last)
            {
                return;
            }

            open += cell.Counts.Change;
            if (cell.Number > after)
            {
                sum.Add(cell.Counts);
            }
        }
    }

    /// <summary>Adds what happened up to a cell, in all, to a sum.</summary>
    internal void AddAllTo(RollingCounts sum, long last)
    {
        sum.Add(Before, withTimes: false);
        foreach (var (_, counts) in cells.TakeWhile(cell => cell.Number <= last))
        {
            sum.Add(counts, withTimes: false);
        }
    }

    /// <summary>Adds how many were opened or accepted in each of so many steps of so many cells; the last ends with the last cell.</summary>
    internal void AddNewTo(Span<long> steps, long last, int length)
    {
        foreach (ref readonly var cell in CollectionsMarshal.AsSpan(cells))
        {
            var place = steps.Length - 1 - ((last - cell.Number) / length);
            if (cell.Number <= last && place >= 0)
            {
                steps[(int)place] += cell.Counts.Opened + cell.Counts.Accepted;
            }
        }
    }
}
