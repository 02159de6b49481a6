using ScottPlot;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Units;

namespace TraceCap.Charts;

/// <summary>An axis of counts from 0 to the greatest of them, linear or logarithmic.</summary>
internal sealed class CountScale
{
    private readonly double one = 1;
    private readonly bool isBytes;

    /// <param name="most">The greatest.</param>
    /// <param name="log">Whether it is logarithmic. Then 0 stands a little below 1.</param>
    /// <param name="isBytes">Whether they are bytes: then a linear axis is in the unit that suits the greatest.</param>
    internal CountScale(double most, bool log, bool isBytes = false)
    {
        (IsLog, this.isBytes) = (log, isBytes);
        if (isBytes && !log)
        {
            one = Sizes.Units.Last(unit => unit.Factor <= Math.Max(most, 1)).Factor;
        }

        var top = log ? Math.Log10(Math.Max(most, 1)) : most / one;
        Top = log ? Math.Max(top + 0.1, 1) : Math.Max(top * 1.06, 1);
        // So far below 1 that their labels do not touch.
        Zero = log ? -Math.Max(0.25, 0.08 * Top) : 0;
    }

    /// <summary>Whether it is logarithmic.</summary>
    internal bool IsLog { get; }

    /// <summary>Where 0 stands.</summary>
    internal double Zero { get; }

    /// <summary>Where the axis ends: a little above the greatest.</summary>
    internal double Top { get; }

    /// <summary>Where a count stands.</summary>
    internal double At(double count) => !IsLog ? count / one : count >= 1 ? Math.Log10(count) : Zero;

    internal ITickGenerator Ticks()
    {
        if (!IsLog)
        {
            var unit = isBytes ? $" {Sizes.Units.First(unit => unit.Factor == one).Name}" : "";
            return new RoundTicks(value => isBytes ? ChartText.Invariant($"{value:0.###}{unit}") : ChartText.Invariant($"{value:N0}"), isWhole: !isBytes);
        }

        var ticks = new FittingTicks();
        ticks.AddMajor(Zero, "0");
        for (var count = 1.0; At(count) <= Top; count = isBytes && count is >= 100 and < 1000 or >= 102_400 and < 1_000_000 ? count * 10.24 : count * 10)
        {
            ticks.AddMajor(At(count), isBytes ? ByteText.Of((long)count) : ChartText.Invariant($"{count:N0}"));
            for (var digit = 2; digit < 10; digit++)
            {
                ticks.AddMinor(At(digit * count));
            }
        }

        return ticks;
    }
}
