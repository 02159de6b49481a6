using ScottPlot;
using ScottPlot.TickGenerators;

namespace TraceCap.Charts;

/// <summary>An axis of counts from 0 to the greatest of them, linear or logarithmic.</summary>
/// <param name="most">The greatest.</param>
/// <param name="log">Whether it is logarithmic. Then 0 stands a little below 1.</param>
internal sealed class CountScale(double most, bool log)
{
    private const double LogZero = -0.25;

    /// <summary>Where 0 stands.</summary>
    internal double Zero => log ? LogZero : 0;

    /// <summary>Where the axis ends: a little above the greatest.</summary>
    internal double Top => log ? Math.Max(At(most) + 0.1, 1) : Math.Max(most * 1.06, 1);

    /// <summary>Where a count stands.</summary>
    internal double At(double count) => !log ? count : count >= 1 ? Math.Log10(count) : LogZero;

    internal ITickGenerator Ticks()
    {
        if (!log)
        {
            return new NumericAutomatic { IntegerTicksOnly = true, TickDensity = 0.5, LabelFormatter = value => ChartText.Invariant($"{value:N0}") };
        }

        var ticks = new NumericManual();
        ticks.AddMajor(LogZero, "0");
        for (var (power, one) = (0, 1.0); power <= Top; power++, one *= 10)
        {
            ticks.AddMajor(power, ChartText.Invariant($"{one:N0}"));
            for (var digit = 2; digit < 10; digit++)
            {
                ticks.AddMinor(At(digit * one));
            }
        }

        return ticks;
    }
}
