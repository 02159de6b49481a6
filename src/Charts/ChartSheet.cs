using ScottPlot;
using ScottPlot.Panels;
using ScottPlot.Plottables;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Html;

namespace TraceCap.Charts;

/// <summary>The paper that a chart is drawn on: its title, axes and legend in the colours of a theme.</summary>
internal sealed class ChartSheet : IDisposable
{
    private const int MaxLabel = 32;

    private static readonly LinePattern[] patterns =
        [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted, LinePattern.DenselyDashed];

    private readonly Plot plot;
    private readonly TitlePanel title;
    private readonly TitlePanel subtitle;
    private readonly ChartSize size;

    internal ChartSheet(ColorTheme theme, ChartText text, ChartSize size)
    {
        (Theme, this.size) = (theme, size);
        ChartFonts.Use();
        plot = new Plot();
        plot.FigureBackground.Color = plot.DataBackground.Color = new Color(theme.Background);
        plot.Axes.Color(new Color(theme.Text));
        plot.Grid.MajorLineColor = new Color(theme.Grid);
        plot.Axes.Top.IsVisible = false;
        // Room for the half of a number that stands beyond the end of the axis.
        plot.Axes.Right.MinimumSize = 36;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.TickLabelStyle.ForeColor = new Color(theme.Muted);
            axis.TickLabelStyle.FontSize = ChartFonts.LabelSize;
            axis.Label.FontSize = 13;
            axis.Label.Bold = false;
            axis.MajorTickStyle.Color = axis.MinorTickStyle.Color = axis.FrameLineStyle.Color = new Color(theme.Muted);
        }

        plot.Axes.Left.TickLabelStyle.OffsetY = ChartFonts.Sink;
        // Where the axes meet, their labels are not to touch.
        plot.Axes.Bottom.TickLabelStyle.OffsetY = 4;
        // The first is the nearest to the data.
        subtitle = AddTitle(text.Subtitle, ChartFonts.LabelSize, isBold: false, theme.Muted);
        title = AddTitle(text.Title, 16, isBold: true, theme.Text);
    }

    internal ColorTheme Theme { get; }

    /// <summary>Its height in the pixels that text and lines are measured in.</summary>
    internal double Height => size.Height / size.Scale;

    /// <summary>Rows of a table that have room below the axis.</summary>
    internal int RowsBelow => (int)((Height - 320) / AtRiskPanel.RowHeight);

    private double Width => size.Width / size.Scale;

    /// <summary>The lower end of the upright axis.</summary>
    internal double Bottom { get; private set; }

    /// <summary>The upper end of the upright axis.</summary>
    internal double Top { get; private set; }

    internal void AxisX(string label, double from, double to, ITickGenerator ticks)
    {
        plot.XLabel(label);
        plot.Axes.SetLimitsX(from, to);
        plot.Axes.Bottom.TickGenerator = ticks;
    }

    internal void AxisY(string label, double from, double to, ITickGenerator ticks)
    {
        (Bottom, Top) = (from, to);
        plot.YLabel(label);
        plot.Axes.SetLimitsY(from, to);
        plot.Axes.Left.TickGenerator = ticks;
    }

    /// <summary>Leaves all but the title.</summary>
    internal void HideAxes()
    {
        plot.HideGrid();
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left, plot.Axes.Right])
        {
            axis.IsVisible = false;
        }
    }

    /// <summary>Leaves out the lines that go up from the axis of counts or rows.</summary>
    internal void HideGridY() => plot.Grid.YAxisStyle.IsVisible = false;

    internal void Add(IPlottable shape) => plot.Add.Plottable(shape);

    /// <summary>A line that can be told from those before it by its colour and by its pattern.</summary>
    /// <param name="number">Its number, from 0.</param>
    /// <param name="label">What it means; empty if it is the only one.</param>
    /// <param name="isRest">Whether it is what has no colour of its own.</param>
    internal Steps Series(int number, string label, bool isRest) => new(
        isRest ? Theme.Other : Theme.Series[number % Theme.Series.Length],
        isRest ? LinePattern.Solid : patterns[number % patterns.Length],
        Short(label));

    /// <summary>Marks the median and the 90th and 99th percentile, as far as they are known.</summary>
    internal void AddPercentiles(LifetimeHistogram lifetimes)
    {
        foreach (var (share, name, pattern) in (ReadOnlySpan<(double, string, LinePattern)>)
            [(0.5, "p50", LinePattern.Solid), (0.9, "p90", LinePattern.Dashed), (0.99, "p99", LinePattern.Dotted)])
        {
            if (lifetimes.At(share) is { IsAtLeast: false } percentile)
            {
                var line = plot.Add.VerticalLine(DurationScale.At(percentile.Nanoseconds), 1.5f, new Color(Theme.Text), pattern);
                Explain($"{name} {DurationText.Of(percentile.Nanoseconds)}", line, pattern);
            }
        }
    }

    /// <summary>A label that leaves room for data: at most 32 letters, all of which the fonts have.</summary>
    internal static string Short(string label)
    {
        var printable = ChartFonts.Printable(label);
        return printable.Length <= MaxLabel ? printable : printable[..(MaxLabel - 1)] + "…";
    }

    /// <summary>A label that takes a quarter of the width at most.</summary>
    internal string Name(string label)
    {
        var printable = ChartFonts.Printable(label);
        var most = (int)Math.Clamp(Width / 4 / (0.6 * ChartFonts.LabelSize), 8, MaxLabel);
        return printable.Length <= most ? printable : printable[..(most - 1)] + "…";
    }

    /// <summary>A line across the chart that something should stay below.</summary>
    internal void AddLimit(double y, string meaning)
    {
        var line = plot.Add.HorizontalLine(y, 1.5f, new Color(Theme.Text), LinePattern.Dashed);
        Explain(meaning, line, LinePattern.Dashed);
    }

    /// <summary>Small marks, all of one shape.</summary>
    internal void AddMarks(double[] xs, double[] ys, MarkerShape shape, string meaning)
    {
        var marks = plot.Add.Markers(xs, ys, shape, 9, new Color(Theme.Text));
        marks.MarkerLineWidth = 1.5f;
        plot.Legend.ManualItems.Add(new LegendItem
        {
            LabelText = meaning,
            MarkerShape = shape,
            MarkerSize = 9,
            MarkerColor = new Color(Theme.Text),
            MarkerLineWidth = 1.5f,
            LabelStyle = { OffsetY = ChartFonts.Sink },
        });
    }

    /// <summary>A number to the right of a bar.</summary>
    internal void AddValue(double x, double y, string text)
    {
        var value = plot.Add.Text(text, x, y);
        value.LabelStyle.FontSize = ChartFonts.LabelSize;
        value.LabelStyle.ForeColor = new Color(Theme.Text);
        value.LabelStyle.Alignment = Alignment.MiddleLeft;
        value.OffsetX = 4;
        value.OffsetY = ChartFonts.Sink;
    }

    /// <summary>A table below the axis along the bottom.</summary>
    /// <param name="isNamed">Whether its rows have names, which stand to the left.</param>
    internal AtRiskPanel AddAtRisk(bool isNamed)
    {
        plot.Axes.Left.MinimumSize = isNamed ? (float)Math.Min(Width / 5, 160) : 0;
        var panel = new AtRiskPanel(plot.Axes.Bottom, Theme.Muted);
        plot.Axes.AddPanel(panel);
        return panel;
    }

    /// <summary>Draws it as PNG.</summary>
    internal byte[] ToPng()
    {
        Finish();
        return plot.GetImageBytes(size.Width, size.Height, ImageFormat.Png);
    }

    /// <summary>Draws it as SVG.</summary>
    internal string ToSvg()
    {
        Finish();
        return plot.GetSvgXml(size.Width, size.Height);
    }

    public void Dispose() => plot.Dispose();

    private void Finish()
    {
        plot.ScaleFactor = size.Scale;
        // A line of less than a pixel would be seen here and there only.
        var thinnest = (float)Math.Max(1, 1 / size.Scale);
        foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
        {
            axis.MajorTickStyle.Width = axis.MinorTickStyle.Width = axis.FrameLineStyle.Width = thinnest;
        }

        plot.Grid.MajorLineWidth = thinnest;
        Wrap(Width, Height);
        if (plot.GetPlottables().SelectMany(shape => shape.LegendItems).Any())
        {
            plot.Legend.FontColor = new Color(Theme.Text);
            plot.Legend.FontSize = ChartFonts.LabelSize;
            plot.Legend.BackgroundColor = new Color(Theme.Background);
            plot.Legend.OutlineWidth = 0;
            plot.Legend.ShadowColor = Colors.Transparent;
            plot.Legend.SymbolWidth = 30;
            plot.Legend.TightHorizontalWrapping = true;
            plot.Legend.Orientation = Orientation.Horizontal;
            plot.ShowLegend(Edge.Bottom);
        }
        else
        {
            plot.HideLegend();
        }
    }

    private void Explain(string meaning, AxisLine line, LinePattern pattern) => plot.Legend.ManualItems.Add(new LegendItem
    {
        LabelText = meaning,
        LineColor = line.Color,
        LineWidth = line.LineWidth,
        LinePattern = pattern,
        LabelStyle = { OffsetY = ChartFonts.Sink },
    });

    private TitlePanel AddTitle(string text, float size, bool isBold, string color)
    {
        var panel = new TitlePanel { FullFigureCenter = true };
        panel.Label.Text = ChartFonts.Printable(text);
        panel.Label.FontSize = size;
        panel.Label.Bold = isBold;
        panel.Label.ForeColor = new Color(color);
        plot.Axes.AddPanel(panel);
        return panel;
    }

    /// <summary>Breaks what is too long for a small picture into lines.</summary>
    private void Wrap(double width, double height)
    {
        Wrap(title.Label, width - 24);
        Wrap(subtitle.Label, width - 24);
        Wrap(plot.Axes.Bottom.Label, width * 0.8);
        Wrap(plot.Axes.Left.Label, height * 0.6);

        static void Wrap(LabelStyle label, double width) =>
            label.Text = ChartFonts.Wrap(label.Text.Replace('\n', ' '), label.FontSize, label.Bold, width);
    }
}
