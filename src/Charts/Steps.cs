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

    public IEnumerable<LegendItem> LegendItems => legend == "" || (steps.Count == 0 && !IsNamed)
        ? []
        : [new LegendItem { LabelText = legend, LineColor = Ink, LineWidth = Width, LinePattern = pattern, LabelStyle = { OffsetY = ChartFonts.Sink } }];

    /// <summary>Its width in pixels of the default size.</summary>
    internal float Width { get; init; } = 2;

    /// <summary>1, or less for what is not sure.</summary>
    internal double Opacity { get; init; } = 1;

    /// <summary>Whether the legend names it even without a step, as others of its colour are drawn.</summary>
    internal bool IsNamed { get; set; }

    private Color Ink => new Color(color).WithOpacity(Opacity);

    /// <summary>The same line where it is only known to be at least so high.</summary>
    /// <param name="other">How it is drawn.</param>
    internal Steps Faint(LinePattern other) => new(color, other, "") { Width = 1.5f, Opacity = 0.6 };

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

        new LineStyle(Width, Ink, pattern).Render(rp.Canvas, path, rp.Paint);
    }
}
