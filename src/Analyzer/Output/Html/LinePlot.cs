using System.Globalization;
using System.Text;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>A chart of lines as SVG in the colours of the page, as it is drawn where no script runs.</summary>
/// <param name="title">What it shows, for who cannot see it.</param>
/// <param name="x">The axis from left to right.</param>
/// <param name="y">The axis from bottom to top.</param>
internal sealed class LinePlot(string title, PlotAxis x, PlotAxis y)
{
    private const double Width = 720;
    private const double Height = 320;
    private const double Left = 74;
    private const double Right = 28;
    private const double Top = 10;
    private const double Bottom = 46;

    private readonly StringBuilder marks = new();

    /// <summary>Where a value stands.</summary>
    private double AtX(double value) => Left + (Math.Clamp((value - x.From) / (x.To - x.From), 0, 1) * (Width - Left - Right));

    private double AtY(double value) => Height - Bottom - (Math.Clamp((value - y.From) / (y.To - y.From), 0, 1) * (Height - Top - Bottom));

    /// <summary>A line that goes from step to step: it keeps the value of a point until the next one.</summary>
    /// <param name="points">From left to right.</param>
    /// <param name="color">The number of a series.</param>
    /// <param name="isDashed">Whether it is told apart also without colours.</param>
    internal void Steps(IEnumerable<(double X, double Y)> points, int color, bool isDashed)
    {
        var path = new StringBuilder();
        var last = (X: double.NaN, Y: double.NaN);
        foreach (var (px, py) in points.Select(point => (AtX(point.X), AtY(point.Y))))
        {
            // What no pixel shows takes no room in the page.
            if (path.Length == 0)
            {
                path.Append(CultureInfo.InvariantCulture, $"M{px:0.#} {py:0.#}");
            }
            else if (Math.Abs(py - last.Y) >= 0.4 || px - last.X >= 0.8)
            {
                path.Append(CultureInfo.InvariantCulture, $"H{px:0.#}V{py:0.#}");
            }
            else
            {
                continue;
            }

            last = (px, py);
        }

        marks.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"var(--series{color})\" stroke-width=\"2\"{(isDashed ? " stroke-dasharray=\"6 3\"" : "")}/>\n");
    }

    /// <summary>A band around a line that goes from step to step.</summary>
    internal void Band(IReadOnlyList<(double X, double Low, double High)> points, int color)
    {
        var path = new StringBuilder();
        var last = (X: double.NaN, High: double.NaN);
        foreach (var (px, high) in points.Select(point => (AtX(point.X), AtY(point.High))))
        {
            if (!(Math.Abs(px - last.X) < 0.8 && Math.Abs(high - last.High) < 0.4))
            {
                path.Append(path.Length == 0 ? Text($"M{px:0.#} {high:0.#}") : Text($"H{px:0.#}V{high:0.#}"));
                last = (px, high);
            }
        }

        if (path.Length > 0)
        {
            marks.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}{Back(points)}\" fill=\"var(--series{color})\" fill-opacity=\"0.2\"/>\n");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The lower edge, from the end to the beginning.</summary>
    private string Back(IReadOnlyList<(double X, double Low, double High)> points)
    {
        var path = new StringBuilder();
        var last = (X: double.NaN, Low: double.NaN);
        for (var i = points.Count - 1; i >= 0; i--)
        {
            var (px, low) = (AtX(points[i].X), AtY(points[i].Low));
            if (!(Math.Abs(px - last.X) < 0.8 && Math.Abs(low - last.Low) < 0.4))
            {
                path.Append(CultureInfo.InvariantCulture, $"V{low:0.#}H{px:0.#}");
                last = (px, low);
            }
        }

        return path.Append('Z').ToString();
    }

    /// <summary>The picture.</summary>
    internal string ToSvg()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{ReportTable.Escape(title)}\" font-size=\"12\" fill=\"var(--muted)\">\n");
        foreach (var (at, text) in y.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {AtY(at):0.#}H{Width - Right}\" stroke=\"var(--line)\"/><text x=\"{Left - 6}\" y=\"{AtY(at) + 4:0.#}\" text-anchor=\"end\">{text}</text>\n");
        }

        foreach (var (at, text) in x.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{AtX(at):0.#} {Top}V{Height - Bottom + 4}\" stroke=\"var(--line)\"/><text x=\"{AtX(at):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{text}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\" fill=\"none\" stroke=\"var(--muted)\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\">{x.Title}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate(14 {(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{y.Title}</text>\n");
        return svg.Append(marks).Append("</svg>").ToString();
    }
}

/// <summary>An axis.</summary>
/// <param name="Title">What it is of.</param>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Ticks">What is marked on it.</param>
internal sealed record PlotAxis(string Title, double From, double To, IReadOnlyList<(double At, string Text)> Ticks)
{
    private const int Most = 6;

    /// <summary>From 0 to at least a value.</summary>
    internal static PlotAxis Linear(string title, double to, Func<double, string> text)
    {
        to = to > 0 && double.IsFinite(to) ? to : 1;
        var step = Math.Pow(10, Math.Floor(Math.Log10(to / Most)));
        step *= new[] { 1.0, 2, 5, 10 }.First(by => step * by * Most >= to);
        var count = (int)Math.Ceiling((to / step) - 1e-9);
        return new PlotAxis(title, 0, count * step, [.. Enumerable.Range(0, count + 1).Select(number => (number * step, text(number * step)))]);
    }

    /// <summary>Powers of ten; values on it are their logarithms.</summary>
    internal static PlotAxis Powers(string title, double least, double most, Func<double, string> text)
    {
        var (from, to) = (Math.Floor(Math.Log10(Math.Max(least, 1))), Math.Ceiling(Math.Log10(Math.Max(most, 10))));
        to = Math.Max(to, from + 1);
        return new PlotAxis(title, from, to, [.. Enumerable.Range((int)from, (int)(to - from) + 1).Select(power => ((double)power, text(Math.Pow(10, power))))]);
    }
}
