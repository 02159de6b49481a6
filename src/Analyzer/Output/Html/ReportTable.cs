using System.Globalization;
using System.Net;
using System.Text;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its header.</param>
/// <param name="IsNumber">Whether it is sorted by numbers, the greatest first.</param>
internal readonly record struct ReportColumn(string Name, bool IsNumber = true)
{
    /// <summary>The metric that it has, by its name; null if it has none.</summary>
    internal string? Metric { get; init; }
}

/// <summary>Writes a table that the script of the page can sort and filter. It is complete without the script.</summary>
internal sealed class ReportTable
{
    private readonly StringBuilder page;

    /// <summary>Begins the table.</summary>
    /// <param name="page">Where it is written.</param>
    /// <param name="name">Unlike those of the others; letters only.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="note">What else is to be said; may be empty.</param>
    /// <param name="columns">The first is what the row is about.</param>
    internal ReportTable(StringBuilder page, string name, string title, string note, params ReadOnlySpan<ReportColumn> columns)
    {
        this.page = page;
        page.Append(CultureInfo.InvariantCulture, $"<section aria-labelledby=\"{name}-title\">\n<h2 id=\"{name}-title\">{title}</h2>\n");
        page.Append(note.Length == 0 ? "" : $"<p>{Escape(note)}</p>\n");
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" role=\"region\" aria-label=\"{title}: table\" tabindex=\"0\">\n<table id=\"{name}\">\n<thead><tr>");
        foreach (var column in columns)
        {
            page.Append(column.IsNumber ? "<th scope=\"col\" class=\"n\"" : "<th scope=\"col\"")
                .Append(column.Metric is null ? "" : $" data-metric=\"{column.Metric}\"").Append('>').Append(column.Name).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
    }

    /// <summary>Text that shows as what it is, wherever it comes from: markup as text, control characters and what changes the
    /// direction of writing as <c>\uNNNN</c>.</summary>
    internal static string Escape(string text) => WebUtility.HtmlEncode(PrintableText.Of(text));

    /// <summary>Begins a row, with what it is about.</summary>
    internal ReportTable Row(string name)
    {
        page.Append("<tr><th scope=\"row\">").Append(Escape(name)).Append("</th>");
        return this;
    }

    /// <summary>Begins a row that is about a number.</summary>
    internal ReportTable RowByNumber(double number, string text)
    {
        page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\" class=\"n\" data-v=\"{number:R}\">{Escape(text)}</th>");
        return this;
    }

    internal ReportTable Text(string text)
    {
        page.Append("<td>").Append(Escape(text)).Append("</td>");
        return this;
    }

    /// <summary>A picture.</summary>
    /// <param name="svg">Made of nothing that comes from elsewhere.</param>
    internal ReportTable Drawn(string svg)
    {
        page.Append("<td>").Append(svg).Append("</td>");
        return this;
    }

    /// <summary>Text with a mark that tells what it is for who reads it.</summary>
    internal ReportTable Marked(string text, string kind)
    {
        page.Append(kind.Length == 0 ? "<td>" : $"<td class=\"{kind}\">").Append(Escape(text)).Append("</td>");
        return this;
    }

    internal ReportTable Count(long count) => Number(count, count.ToString("N0", CultureInfo.InvariantCulture));

    internal ReportTable Bytes(ulong bytes) => Number(bytes, ByteText.Of((long)bytes));

    internal ReportTable Duration(ulong nanoseconds) => Number(nanoseconds, DurationText.Of(nanoseconds));

    /// <summary>A figure; one that is only known to be greater is sorted by the bound.</summary>
    internal ReportTable Figure(Figure? figure, MetricUnit unit) => figure is { } known ? Number(known.Low, known.Text(unit)) : Nothing();

    /// <summary>A number that is sorted as such, and shown in another way.</summary>
    internal ReportTable Number<T>(T number, string text)
        where T : IFormattable
    {
        var digits = number.ToString(null, CultureInfo.InvariantCulture);
        page.Append("<td class=\"n\"");
        if (digits != text)
        {
            page.Append(" data-v=\"").Append(digits).Append('"');
        }

        page.Append('>').Append(Escape(text)).Append("</td>");
        return this;
    }

    /// <summary>A number that is not known.</summary>
    internal ReportTable Nothing()
    {
        page.Append("<td class=\"n\"></td>");
        return this;
    }

    internal void EndRow() => page.Append("</tr>\n");

    /// <summary>Ends the table.</summary>
    internal void End() => page.Append("</tbody>\n</table>\n</div>\n</section>\n");
}
