using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;

namespace TraceCap.Charts;

/// <summary>How a chart looks.</summary>
public sealed record ChartSettings
{
    private readonly int width = ChartSize.Default.Width;
    private readonly int height = ChartSize.Default.Height;

    /// <summary>By what connections are told apart; null: as suits the chart.</summary>
    public GroupBy? By { get; init; }

    /// <summary>Whether counts are on a logarithmic scale; null: as suits the chart. Lifetimes always are.</summary>
    public bool? Log { get; init; }

    /// <summary>Whether percentiles are along the axis, those near 100 % far apart. Only <c>cdf</c> has that.</summary>
    public bool Percentiles { get; init; }

    /// <summary>By which clocks times of day are shown, and intervals are round; null: UTC.</summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>Whether it is for a dark page.</summary>
    public bool Dark { get; init; }

    /// <summary>In pixels, 200 to 8192; 1000 if not set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of these.</exception>
    public int Width
    {
        get => width;
        init => width = Checked(value);
    }

    /// <summary>In pixels, 200 to 8192; 600 if not set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of these.</exception>
    public int Height
    {
        get => height;
        init => height = Checked(value);
    }

    internal ChartSize Size => new(Width, Height);

    internal ColorTheme Theme => Dark ? ColorTheme.Dark : ColorTheme.Light;

    private static int Checked(int pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels, ChartSize.Least);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pixels, ChartSize.Most);
        return pixels;
    }
}
