using ScottPlot;

namespace TraceCap.Charts;

/// <summary>Below an axis of durations: how many of each group were still seen at its marks, which says how much a curve there is worth.</summary>
/// <param name="axis">The axis above.</param>
/// <param name="color">Of the words.</param>
internal sealed class AtRiskPanel(IXAxis axis, string color) : IPanel
{
    /// <summary>In pixels of the default size.</summary>
    internal const float RowHeight = 15;

    private const float Margin = 6;

    // The first number is in the middle of its mark.
    private const float Before = 24;

    private readonly List<(string Name, string Color, Func<double, long> At)> rows = [];

    public bool IsVisible { get; set; } = true;

    public float MinimumSize { get; set; }

    public float MaximumSize { get; set; } = float.MaxValue;

    public Edge Edge => Edge.Bottom;

    public bool ShowDebugInformation { get; set; }

    /// <summary>Adds a row.</summary>
    /// <param name="name">Of the group; empty if there is but one.</param>
    /// <param name="ink">Its colour.</param>
    /// <param name="at">How many there are at a place of the axis.</param>
    internal void Add(string name, string ink, Func<double, long> at) => rows.Add((name, ink, at));

    public float Measure(Paint paint) => ((rows.Count + 1) * RowHeight) + Margin;

    public PixelRect GetPanelRect(PixelRect dataRect, float size, float offset, Paint paint) =>
        new(dataRect.Left, dataRect.Right, dataRect.Bottom + offset + size, dataRect.Bottom + offset);

    public void Render(RenderPack rp, float size, float offset)
    {
        var top = rp.DataRect.Bottom + offset;
        Draw("still there at that age (at risk):", color, rp.DataRect.Left, top, Alignment.UpperLeft);
        for (var i = 0; i < rows.Count; i++)
        {
            var y = top + ((i + 1) * RowHeight);
            if (rows[i].Name != "")
            {
                Draw(Fitting(rows[i].Name, rp), rows[i].Color, rp.DataRect.Left - Before, y, Alignment.UpperRight);
            }

            var free = float.MinValue;
            foreach (var tick in axis.TickGenerator.Ticks.Where(tick => tick.IsMajor && tick.Position >= axis.Min && tick.Position <= axis.Max))
            {
                var text = ChartText.Invariant($"{rows[i].At(tick.Position):N0}");
                var x = axis.GetPixel(tick.Position, rp.DataRect);
                var half = Style(color).Measure(text, rp.Paint).Width / 2;
                if (x - half > free)
                {
                    Draw(text, color, x, y, Alignment.UpperCenter);
                    free = x + half + 4;
                }
            }
        }

        void Draw(string text, string ink, float x, float y, Alignment alignment)
        {
            var style = Style(ink);
            (style.Text, style.Alignment) = (text, alignment);
            style.Render(rp.Canvas, new Pixel(x, y), rp.Paint, text);
        }
    }

    private static LabelStyle Style(string ink) => new() { FontSize = ChartFonts.LabelSize - 1, ForeColor = new Color(ink), FontName = ChartFonts.Family };

    /// <summary>As much of a name as has room before the data.</summary>
    private static string Fitting(string name, RenderPack rp)
    {
        var fitting = name;
        for (var length = name.Length - 1; length > 1 && Style("#000000").Measure(fitting, rp.Paint).Width > rp.DataRect.Left - Before - 4; length--)
        {
            fitting = name[..length] + "…";
        }

        return fitting;
    }
}
