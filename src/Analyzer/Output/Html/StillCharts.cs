using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>The charts of a page as pictures, each with its numbers: what there is where no script runs.</summary>
internal static class StillCharts
{
    /// <summary>Tables have as many rows: of more, each second, third and so on is there.</summary>
    private const int MaxRows = 120;

    /// <summary>Writes them.</summary>
    internal static void Add(StringBuilder page, IReadOnlyList<IReportPicture> pictures, IReadOnlyList<RecordedSpan> recordings)
    {
        if (pictures.Count == 0)
        {
            page.Append("<p class=\"still\">This page was made without pictures.</p>\n");
            return;
        }

        page.Append("<div class=\"charts still\">\n");
        foreach (var picture in pictures)
        {
            page.Append(CultureInfo.InvariantCulture, $"<figure id=\"chart-{picture.Name}\">\n<div class=\"scroll\" role=\"region\" aria-label=\"Picture: {picture.Name}\" tabindex=\"0\">{ReportSvg.Embed(picture.ToSvg(recordings), picture.Name)}</div>\n");
            page.Append(CultureInfo.InvariantCulture, $"<figcaption>{ReportTable.Escape(picture.Describe(recordings))} {picture.Explanation}</figcaption>\n");
            AddData(page, picture, recordings);
            page.Append("</figure>\n");
        }

        page.Append("</div>\n");
    }

    private static void AddData(StringBuilder page, IReportPicture picture, IReadOnlyList<RecordedSpan> recordings)
    {
        var data = picture.Data(recordings);
        var rows = data.Rows.Select(row => row.Zip(data.Columns, (value, column) => column.Has(in value) ? column.Type.TextForPeople(in value) : "").ToArray()).ToArray();
        var each = (rows.Length + MaxRows - 1) / MaxRows;
        page.Append("<details><summary>Its numbers</summary>\n");
        page.Append(each > 1 ? string.Create(CultureInfo.InvariantCulture, $"<p>One of {each:N0} rows; <code>tracecap plot --format csv</code> has all {rows.Length:N0}.</p>\n") : "");
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" role=\"region\" aria-label=\"Numbers: {picture.Name}\" tabindex=\"0\"><table>\n<thead><tr>");
        foreach (var column in data.Columns)
        {
            page.Append("<th scope=\"col\">").Append(column.Header.ToLowerInvariant().Replace('_', ' ')).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        for (var row = 0; row < rows.Length; row += each)
        {
            page.Append("<tr>").AppendJoin("", rows[row].Select(text => $"<td>{ReportTable.Escape(text)}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div></details>\n");
    }
}
