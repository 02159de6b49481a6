using ScottPlot;
using SkiaSharp;

namespace TraceCap.Charts;

/// <summary>Filled rectangles of one colour, drawn as one shape: an SVG of thousands stays small.</summary>
/// <param name="color">Their colour, <c>#RRGGBB</c>.</param>
/// <param name="legend">What they mean; empty if the legend has no word of it.</param>
internal sealed class Boxes(string color, string legend = "") : IPlottable
{
    private readonly List<CoordinateRect> rectangles = [];

    /// <summary>The width and height that are drawn even where there would be less, in pixels of the default size.</summary>
    internal float Least { get; init; }

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => legend == "" || rectangles.Count == 0
        ? []
        : [new LegendItem { LabelText = legend, FillColor = new Color(color), LabelStyle = { OffsetY = ChartFonts.Sink } }];

    internal void Add(double left, double right, double bottom, double top) =>
        rectangles.Add(new CoordinateRect(left, right, bottom, top));

    /// <summary>The axes are given their limits, whatever is drawn.</summary>
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        using var path = new SKPath();
        foreach (var rectangle in rectangles)
        {
            var box = Axes.GetPixelRect(rectangle).ToSKRect();
            box.Inflate(Math.Max(0, (Least - box.Width) / 2), Math.Max(0, (Least - box.Height) / 2));
            path.AddRect(box);
        }

        using var paint = new SKPaint { Color = new Color(color).ToSKColor(), IsAntialias = true };
        rp.Canvas.DrawPath(path, paint);
    }
}
