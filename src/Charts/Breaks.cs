using ScottPlot;
using SkiaSharp;

namespace TraceCap.Charts;

/// <summary>Slanted gaps in bars that are longer than they are drawn.</summary>
/// <param name="background">The colour of a gap.</param>
/// <param name="edge">The colour of its edges.</param>
/// <param name="legend">What a gap means.</param>
internal sealed class Breaks(string background, string edge, string legend) : IPlottable
{
    private const float Half = 3;
    private const float Slant = 4;

    private readonly List<(double At, double Bottom, double Top)> gaps = [];

    public bool IsVisible { get; set; } = true;

    public IAxes Axes { get; set; } = new Axes();

    public IEnumerable<LegendItem> LegendItems => gaps.Count == 0
        ? []
        : [new LegendItem { LabelText = $"// {legend}", LabelStyle = { OffsetY = ChartFonts.Sink } }];

    internal void Add(double at, double bottom, double top) => gaps.Add((at, bottom, top));

    /// <inheritdoc cref="Boxes.GetAxisLimits" />
    public AxisLimits GetAxisLimits() => AxisLimits.NoLimits;

    public void Render(RenderPack rp)
    {
        using var gap = new SKPath();
        using var edges = new SKPath();
        foreach (var (at, bottom, top) in gaps)
        {
            var (low, high) = (Axes.GetPixel(new Coordinates(at, bottom)), Axes.GetPixel(new Coordinates(at, top)));
            gap.AddPoly([new(low.X - Half - Slant, low.Y + 1), new(high.X - Half + Slant, high.Y - 1), new(high.X + Half + Slant, high.Y - 1), new(low.X + Half - Slant, low.Y + 1)]);
            foreach (var side in (ReadOnlySpan<float>)[-Half, Half])
            {
                edges.MoveTo(low.X + side - Slant, low.Y + 1);
                edges.LineTo(high.X + side + Slant, high.Y - 1);
            }
        }

        using var fill = new SKPaint { Color = new Color(background).ToSKColor(), IsAntialias = true };
        using var line = new SKPaint { Color = new Color(edge).ToSKColor(), IsAntialias = true, IsStroke = true, StrokeWidth = 1.2f };
        rp.Canvas.DrawPath(gap, fill);
        rp.Canvas.DrawPath(edges, line);
    }
}
