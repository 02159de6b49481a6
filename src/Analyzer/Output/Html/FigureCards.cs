using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>Figures of a page that can be scanned: what each is, its value and its unit, and below what is to be known of it.</summary>
internal static class FigureCards
{
    private static readonly Metric[] shown = [.. MetricTable.Shown.Where(metric => metric.Places.Card is not null)];

    private static readonly Dictionary<string, Metric> rates = MetricTable.All.Where(metric => metric.Unit == MetricUnit.Rate)
        .ToDictionary(metric => metric.Name[..metric.Name.LastIndexOf('.')]);

    /// <summary>Writes all of them.</summary>
    internal static void Add(StringBuilder page, CaptureFigures figures)
    {
        page.Append("<section aria-labelledby=\"figures-title\">\n<h2 id=\"figures-title\">Figures</h2>\n<dl class=\"figures\">\n");
        foreach (var metric in shown)
        {
            var figure = metric.Of(figures);
            page.Append(CultureInfo.InvariantCulture, $"<div data-metric=\"{metric.Name}\"><dt>{metric.Places.Card}</dt>{Value(figure?.Text(metric.Unit) ?? "-")}");
            var note = string.Join("; ", Notes(metric, figures));
            page.Append(note.Length == 0 ? "" : $"<dd class=\"note\">{ReportTable.Escape(note)}</dd>").Append("</div>\n");
        }

        page.Append("</dl>\n");
        if (figures.Doubts.Reasons.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"doubts\"><strong>Not all is known</strong>: {ReportTable.Escape(figures.Doubts.Text)}. Where that can make a figure another one, what it may be stands below it.</p>\n");
        }

        page.Append("</section>\n");
    }

    /// <summary>A value, its unit smaller.</summary>
    private static string Value(string text)
    {
        var blank = text.LastIndexOf(' ');
        return blank < 0 ? $"<dd>{ReportTable.Escape(text)}</dd>"
            : $"<dd>{ReportTable.Escape(text[..blank])}<span class=\"unit\"> {ReportTable.Escape(text[(blank + 1)..])}</span></dd>";
    }

    private static IEnumerable<string> Notes(Metric metric, CaptureFigures figures)
    {
        if (metric.Places is { IsOnlyShown: true, Phrase.Of: { } words })
        {
            yield return words(figures);
        }

        if (rates.TryGetValue(metric.Name, out var rate) && rate.Of(figures) is { } often)
        {
            yield return often.Text(rate.Unit);
        }

        if (metric.Confidence(figures) is { Low: { } low } confidence)
        {
            yield return $"95 %: {Figure.Text(low, metric.Unit)} {(confidence.High is { } high ? $"to {Figure.Text(high, metric.Unit)}" : "or more")}";
        }

        if (metric.Of(figures) is { } seen && metric.Doubtful(figures) is { } possible && (possible.Low, possible.High) != (seen.Low, seen.High))
        {
            yield return $"may be {possible.Bounds(metric.Unit)}";
        }
    }
}
