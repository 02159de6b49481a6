using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>A <see cref="TrafficSummary"/> for people.</summary>
internal static partial class TrafficSummaryText
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
    /// <param name="colours">How failures, losses and findings stand out; null: not at all.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Format(TrafficSummary summary, int rows, int width, FindingCommand? command = null, TextColours? colours = null)
    {
        var text = new StringBuilder();
        var look = colours ?? TextColours.None;
        foreach (var (label, value) in SummaryLines.Of(summary.Figures))
        {
            var line = new StringBuilder();
            WrappedText.Append(line, $"{label,-12}", value, width);
            text.Append(look.AreOn ? WhatFailed().Replace(line.ToString(), match => look.Of(match.Value, Emphasis.Bad)) : line);
        }

        AddFindings(text, summary.Findings, width, command ?? FindingCommand.OfAnyFile, look);
        AddGroups(text, summary, rows, width, look);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AddFindings(StringBuilder text, IReadOnlyList<Finding> findings, int width, FindingCommand command, TextColours colours)
    {
        text.Append('\n').Append(colours.Of("findings", Emphasis.Heading)).Append('\n');
        if (findings.Count == 0)
        {
            text.Append("  nothing that the rules look for\n");
        }

        var (shown, left) = FindingList.ForPeople(findings);
        foreach (var (finding, alike) in shown)
        {
            var begin = text.Length;
            WrappedText.Append(text, $"  {finding.Rule,-12}", finding.Text, width);
            text.Replace(finding.Rule, colours.Of(finding.Rule, EmphasisOf(finding.Severity)), begin, 2 + finding.Rule.Length);
            foreach (var (label, words) in FindingLines.Of(finding, alike, command).Prepend(("severity", finding.Severity.ToString().ToLowerInvariant())))
            {
                WrappedText.Append(text, FindingIndent, $"{label}: {words}", width);
            }
        }

        if (left > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  and {left:N0} more; --json has all\n");
        }
    }

    private static void AddGroups(StringBuilder text, TrafficSummary summary, int rows, int width, TextColours colours)
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
        var header = groups.By.Word.ToUpperInvariant().PadRight(nameWidth) + string.Concat(figures.Select(metric => metric.Places.Column!.Header.PadLeft(metric.Places.Column.Width)));
        text.Append('\n').Append(colours.Of(header, Emphasis.Heading)).Append('\n');
        foreach (var (name, statistics) in shown)
        {
            var of = summary.Of(statistics);
            text.Append(WrappedText.Cut(name, nameWidth).PadRight(nameWidth));
            foreach (var metric in figures)
            {
                var cell = (metric.Of(of)?.ShortText(metric.Unit) ?? "-").PadLeft(metric.Places.Column!.Width - 1);
                text.Append(' ').Append(metric.Name == "failed" && metric.Of(of) is { Low: > 0 } ? colours.Of(cell, Emphasis.Bad) : cell);
            }

            text.Append('\n');
        }

        if (groups.Count > rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"and {groups.Count - rows:N0} more\n");
        }

        text.Append(FittingColumns.Note(columns.Except(figures).Select(metric => metric.Places.Column!.Header), "--fields chooses others", width));
        if (groups.WhatIsUncounted is { } note)
        {
            WrappedText.Append(text, "", note, width);
        }
    }

    private static Emphasis EmphasisOf(FindingSeverity severity) => severity switch
    {
        FindingSeverity.Critical => Emphasis.Bad,
        FindingSeverity.Warning => Emphasis.Doubtful,
        _ => Emphasis.Heading,
    };

    /// <summary>So many that failed or were reset, not none; and of the last line all, if any event was lost.</summary>
    [GeneratedRegex(@"\b[1-9][0-9,]*\s+(?:failed|reset)\b|(?m:^lost +[1-9][^\n]*)")]
    private static partial Regex WhatFailed();

    private static string Name(GroupKey key, Grouping by) => by == Grouping.Of(GroupBy.Container) && key.IsNamed
        ? by.Text(key)[..SummaryText.ShortContainer]
        : by.Text(key);
}
