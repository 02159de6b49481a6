using ScottPlot;
using SkiaSharp;

namespace TraceCap.Charts;

/// <summary>Rectangles of one colour, filled or hatched, drawn as one shape: an SVG of thousands stays small.</summary>
/// <param name="color">Their colour, <c>#RRGGBB</c>.</param>
/// <param name="legend">What they mean; empty if the legend has no word of it.</param>
internal sealed class Boxes(string color, string legend = "") : IPlottable
{
    // Between two strokes of a hatching, across both axes, in pixels of the default size.
    private const float Spacing = 6;

    // Of a hatching: a picture of any file stays small.
    private const int MaxStrokes = 20_000;

    private readonly List<CoordinateRect> rectangles = [];

    /// <summary>The width and height that are drawn even where there would be less, in pixels of the default size.</summary>
    internal float Least { get; init; }

    /// <summary>Whether they are hatched, as what is not certain is, or still open.</summary>
    internal bool IsHatched { get; init; }

    /// <summary>Whether they touch each other: then no edge is to be seen between two of them.</summary>
    internal bool IsSeamless { get; init; }

    /// <summary>The colour of a line around them in the legend, which they have of other boxes on the chart; empty for none.</summary>
    internal string Edge { get; init; } = "";

    /// <summary>1, or less for what lies behind others.</summary>
    internal double Opacity { get; init; } = 1;

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => legend == "" || rectangles.Count == 0
        ? []
        : [
            IsHatched
                ? new LegendItem { LabelText = legend, OutlineColor = Ink, OutlineWidth = 1.5f, LabelStyle = { OffsetY = ChartFonts.Sink } }
                : new LegendItem
                {
                    LabelText = legend,
                    FillColor = Ink,
                    OutlineColor = Edge == "" ? Colors.Transparent : new Color(Edge),
                    OutlineWidth = Edge == "" ? 0 : 1,
                    LabelStyle = { OffsetY = ChartFonts.Sink },
                },
        ];

    private Color Ink => new Color(color).WithOpacity(Opacity);

    internal void Add(double left, double right, double bottom, double top) =>
        rectangles.Add(new CoordinateRect(left, right, bottom, top));

    /// <summary>The axes are given their limits, whatever is drawn.</summary>
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        using var path = new SKPath();
        var strokes = 0;
        foreach (var rectangle in rectangles)
        {
            var box = Axes.GetPixelRect(rectangle).ToSKRect();
            box.Inflate(Math.Max(0, (Least - box.Width) / 2), Math.Max(0, (Least - box.Height) / 2));
            if (IsHatched)
            {
                box.Inflate(-0.5f, -0.5f);
                strokes = Hatch(path, box, strokes);
            }

            path.AddRect(box);
        }

        using var paint = new SKPaint { Color = Ink.ToSKColor(), IsAntialias = !IsSeamless, IsStroke = IsHatched, StrokeWidth = 1.2f };
        rp.Canvas.DrawPath(path, paint);
    }

    /// <summary>Draws lines that rise to the right, at the same places whatever rectangle they are in.</summary>
    private static int Hatch(SKPath path, SKRect box, int strokes)
    {
        var first = MathF.Ceiling((box.Left + box.Top) / Spacing) * Spacing;
        for (var sum = first; sum < box.Right + box.Bottom && strokes < MaxStrokes; sum += Spacing, strokes++)
        {
            var left = Math.Max(box.Left, sum - box.Bottom);
            var right = Math.Min(box.Right, sum - box.Top);
            path.MoveTo(left, sum - left);
            path.LineTo(right, sum - right);
        }

        return strokes;
    }
}
