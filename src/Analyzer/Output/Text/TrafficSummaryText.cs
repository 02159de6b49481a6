using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>A <see cref="TrafficSummary"/> for people.</summary>
internal static class TrafficSummaryText
{
    private const int LeastName = 12;
    private const string FindingIndent = "              ";

    // An address and a port of IPv4.
    private const int WholeService = 21;

    private static readonly Metric[] columns = [.. MetricTable.Shown.Where(metric => metric.Places.Column is not null)];

    /// <summary>Lays the summary out: figures, findings, groups.</summary>
    /// <param name="summary">The figures.</param>
    /// <param name="rows">How many groups are shown, the largest ones.</param>
    /// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
    /// <param name="command">The command line that the options of a finding make to one that shows its rows; null: files are not named.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Format(TrafficSummary summary, int rows, int width, FindingCommand? command = null)
    {
        var text = new StringBuilder();
        foreach (var (label, value) in SummaryLines.Of(summary.Figures))
        {
            WrappedText.Append(text, $"{label,-12}", value, width);
        }

        AddFindings(text, summary.Findings, width, command ?? FindingCommand.OfAnyFile);
        AddGroups(text, summary, rows, width);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AddFindings(StringBuilder text, IReadOnlyList<Finding> findings, int width, FindingCommand command)
    {
        text.Append("\nfindings\n");
        if (findings.Count == 0)
        {
            text.Append("  nothing that the rules look for\n");
        }

        var (shown, left) = FindingList.ForPeople(findings);
        foreach (var (finding, alike) in shown)
        {
            WrappedText.Append(text, $"  {finding.Rule,-12}", finding.Text, width);
            foreach (var (label, words) in FindingLines.Of(finding, alike, command))
            {
                WrappedText.Append(text, FindingIndent, $"{label}: {words}", width);
            }
        }

        if (left > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  and {left:N0} more; --json has all\n");
        }
    }

    private static void AddGroups(StringBuilder text, TrafficSummary summary, int rows, int width)
    {
        var groups = summary.Groups;
        var shown = summary.GroupsInOrder.Take(rows).Select(group => (Name: Name(group.Key, groups.By), group.Statistics)).ToList();
        if (groups.Others is { } others)
        {
            shown.Add((ConnectionGroups.OthersName, others));
        }

        if (shown.Count == 0)
        {
            return;
        }

        var longest = Math.Max(LeastName, shown.Max(group => group.Name.Length));
        var figures = FittingColumns.Choose(columns, width == 0 ? 0 : Math.Max(1, width - Math.Min(longest, WholeService)), metric => (metric.Places.Column!.Width, metric.Places.Column.Goes));
        var nameWidth = width == 0 ? longest : Math.Min(longest, Math.Max(LeastName, width - figures.Sum(metric => metric.Places.Column!.Width)));
        text.Append('\n').Append(groups.By.Word.ToUpperInvariant().PadRight(nameWidth));
        foreach (var metric in figures)
        {
            text.Append(metric.Places.Column!.Header.PadLeft(metric.Places.Column.Width));
        }

        text.Append('\n');
        foreach (var (name, statistics) in shown)
        {
            var of = summary.Of(statistics);
            text.Append(WrappedText.Cut(name, nameWidth).PadRight(nameWidth));
            foreach (var metric in figures)
            {
                text.Append(' ').Append((metric.Of(of)?.ShortText(metric.Unit) ?? "-").PadLeft(metric.Places.Column!.Width - 1));
            }

            text.Append('\n');
        }

        if (groups.Count > rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {groups.Count - rows:N0} more\n");
        }

        if (groups.WhatIsUncounted is { } note)
        {
            WrappedText.Append(text, "", note, width);
        }
    }

    private static string Name(GroupKey key, Grouping by) => by == Grouping.Of(GroupBy.Container) && key.IsNamed
        ? by.Text(key)[..SummaryText.ShortContainer]
        : by.Text(key);
}
