using ScottPlot;

namespace TraceCap.Charts;

/// <summary>Given marks of an axis, of which those have a label that have room for it.</summary>
internal sealed class FittingTicks : ITickGenerator
{
    // Between two labels beside each other, and above each other, in pixels of the default size.
    private const float Beside = 6;
    private const float Above = 1;

    private readonly List<Tick> given = [];

    public Tick[] Ticks { get; set; } = [];

    public int MaxTickCount { get; set; } = 10_000;

    /// <summary>Adds a mark with a label.</summary>
    internal void AddMajor(double at, string label) => given.Add(Tick.Major(at, label));

    /// <summary>Adds a small mark.</summary>
    internal void AddMinor(double at) => given.Add(Tick.Minor(at));

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        var isBeside = edge is Edge.Bottom or Edge.Top;
        var free = double.NegativeInfinity;
        Ticks = [.. given.Where(tick => tick.Position >= range.Min && tick.Position <= range.Max).OrderBy(tick => tick.Position).Select(Fit)];

        Tick Fit(Tick tick)
        {
            if (!tick.IsMajor)
            {
                return tick;
            }

            var at = (tick.Position - range.Min) / range.Length * size.Length;
            var half = isBeside ? (labelStyle.Measure(tick.Label, paint).Width + Beside) / 2 : (labelStyle.FontSize + Above) / 2;
            if (at - half < free)
            {
                return new Tick(tick.Position, "", isMajor: true);
            }

            free = at + half;
            return tick;
        }
    }
}
