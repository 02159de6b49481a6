using ScottPlot;
using SkiaSharp;

namespace TraceCap.Charts;

/// <summary>A line of steps, interrupted where nothing is known.</summary>
/// <param name="color">Its colour, <c>#RRGGBB</c>.</param>
/// <param name="pattern">Tells it apart where colours do not.</param>
/// <param name="legend">What it means; empty if the legend has no word of it.</param>
internal sealed class Steps(string color, LinePattern pattern, string legend) : IPlottable
{
    private readonly List<(double From, double To, double Y)> steps = [];

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => legend == "" || steps.Count == 0
        ? []
        : [new LegendItem { LabelText = legend, LineColor = new Color(color), LineWidth = 2, LinePattern = pattern, LabelStyle = { OffsetY = ChartFonts.Sink } }];

    /// <summary>Adds a step. It is joined to the one before if that ends where this one begins.</summary>
    internal void Add(double from, double to, double y) => steps.Add((from, to, y));

    /// <inheritdoc cref="Boxes.GetAxisLimits" />
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        using var path = new SKPath();
        var end = double.NaN;
        foreach (var (from, to, y) in steps)
        {
            var start = Axes.GetPixel(new Coordinates(from, y));
            if (from.Equals(end))
            {
                path.LineTo(start.X, start.Y);
            }
            else
            {
                path.MoveTo(start.X, start.Y);
            }

            path.LineTo(Axes.GetPixelX(to), start.Y);
            end = to;
        }

        new LineStyle(2, new Color(color), pattern).Render(rp.Canvas, path, rp.Paint);
    }
}
