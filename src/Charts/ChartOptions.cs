using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>What of a chart is drawn. Not every <see cref="ChartKind"/> takes all of it.</summary>
/// <param name="By">By what connections are told apart; null: as suits the chart.</param>
/// <param name="Log">Whether counts, or colours that stand for counts, are on a logarithmic scale; for <c>cdf</c>: the share that
/// lived longer; null: as suits the chart. Lifetimes always are.</param>
/// <param name="Percentiles">For <c>cdf</c>: whether percentiles are along the axis, those near 100 % far apart, and lifetimes go up.</param>
/// <param name="Zone">By which clocks times are shown, and intervals are round; null: UTC.</param>
internal sealed record ChartOptions(Grouping? By = null, bool? Log = null, bool Percentiles = false, TimeZoneInfo? Zone = null)
{
    /// <summary>Its <see cref="Zone"/>, or UTC.</summary>
    internal TimeZoneInfo Clock => Zone ?? TimeZoneInfo.Utc;

    /// <summary>Whether counts are on a logarithmic scale, where they are not by themselves.</summary>
    internal bool IsLog => Log == true;
}

/// <summary>The size of a picture in pixels.</summary>
/// <param name="Width">From <see cref="Least"/> to <see cref="Most"/>.</param>
/// <param name="Height">The same.</param>
internal readonly record struct ChartSize(int Width, int Height)
{
    /// <summary>In a smaller one the text leaves no room for data.</summary>
    public const int Least = 200;

    /// <summary>A larger one would take more than 256 MiB of memory to draw.</summary>
    public const int Most = 8192;

    /// <summary>Fits a screen and a page.</summary>
    public static ChartSize Default { get; } = new(1000, 600);

    /// <summary>How much larger than at the default size text and lines are drawn. Text grows as a picture does, and shrinks
    /// more slowly, so that it stays readable.</summary>
    internal double Scale => Area < 1 ? Math.Max(Math.Pow(Area, 0.25), 0.6) : Math.Min(Math.Sqrt(Area), 8);

    private double Area => (double)Width * Height / ((double)Default.Width * Default.Height);
}
