using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Findings;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>The findings of a page: what is worth a look, and the way to the connections that each is about.</summary>
internal static class FindingItems
{
    /// <summary>Writes all that are shown to people.</summary>
    /// <param name="page">Where.</param>
    /// <param name="findings">All findings.</param>
    /// <param name="command">What shows the rows of one on the command line.</param>
    internal static void Add(StringBuilder page, IReadOnlyList<Finding> findings, FindingCommand command)
    {
        page.Append("<section aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">Findings</h2>\n");
        if (findings.Count == 0)
        {
            page.Append("<p>Nothing that the rules look for.</p>\n</section>\n");
            return;
        }

        var (shown, left) = FindingList.ForPeople(findings);
        page.Append("<ul class=\"findings\">\n");
        foreach (var (finding, alike) in shown)
        {
            AddOne(page, finding, alike, command, PlaceOf(findings, finding));
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

        foreach (var (label, words) in FindingLines.Of(finding, alike, command))
        {
            var tag = label == FindingLines.Rows ? "code" : "span";
            page.Append(CultureInfo.InvariantCulture, $"<br><small>{char.ToUpperInvariant(label[0])}{label[1..]}: <{tag}>{ReportTable.Escape(words)}</{tag}></small>");
        }

        page.Append(CultureInfo.InvariantCulture, $"<br><small>Rule: {ReportTable.Escape(finding.Condition)}.</small></li>\n");
    }

    private static int PlaceOf(IReadOnlyList<Finding> findings, Finding finding)
    {
        var place = 0;
        while (!ReferenceEquals(findings[place], finding))
        {
            place++;
        }

        return place;
    }
}
