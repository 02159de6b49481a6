using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Findings;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>The findings of a page: what is worth a look, and the way to the connections that each is about.</summary>
internal static class FindingItems
{
    /// <summary>Writes all that are shown to people.</summary>
    /// <param name="page">Where.</param>
    /// <param name="findings">The findings that are shown, each with those like it that are not.</param>
    /// <param name="left">How many others there are.</param>
    /// <param name="command">What shows the rows of one on the command line.</param>
    internal static void Add(StringBuilder page, IReadOnlyList<(Finding Finding, IReadOnlyList<Finding> Alike)> findings, int left, FindingCommand command)
    {
        page.Append("<section aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">Findings</h2>\n");
        if (findings.Count == 0)
        {
            page.Append("<p>Nothing that the rules look for.</p>\n</section>\n");
            return;
        }

        page.Append("<ul class=\"findings\">\n");
        for (var place = 0; place < findings.Count; place++)
        {
            AddOne(page, findings[place].Finding, findings[place].Alike, command, place);
        }

        page.Append("</ul>\n");
        if (left > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>And {left:N0} more.</p>\n");
        }

        page.Append("</section>\n");
    }

    private static void AddOne(StringBuilder page, Finding finding, IReadOnlyList<Finding> alike, FindingCommand command, int place)
    {
        var severity = finding.Severity.ToString().ToLowerInvariant();
        page.Append(CultureInfo.InvariantCulture, $"<li class=\"{severity}\"><strong>{severity}: {finding.Rule}</strong> {ReportTable.Escape(finding.Text)}");
        if (finding.Rows is not null)
        {
            // The script says how many they are, and shows it.
            page.Append(CultureInfo.InvariantCulture, $" <a class=\"rows\" href=\"#finding={place}\" data-finding=\"{place}\" hidden></a>");
        }

        var lines = FindingLines.Of(finding, alike, command).ToLookup(line => line.Label == FindingLines.When);
        foreach (var (_, words) in lines[true])
        {
            page.Append(CultureInfo.InvariantCulture, $"<br><small>{ReportTable.Escape(words)}</small>");
        }

        page.Append("\n<details><summary>How it is known</summary>\n<dl>");
        foreach (var (label, words) in lines[false].Append((Label: "rule", Words: finding.Condition)))
        {
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{char.ToUpperInvariant(label[0])}{label[1..]}</dt><dd>{(label == FindingLines.Rows ? $"<code>{ReportTable.Escape(words)}</code>" : ReportTable.Escape(words))}</dd></div>");
        }

        page.Append("</dl></details></li>\n");
    }
}
