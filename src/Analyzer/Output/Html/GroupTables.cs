using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Metrics;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>The tables of a page that have a row for each group.</summary>
internal static class GroupTables
{
    private const int MaxGroups = 200;

    private static readonly Metric[] figures = [.. MetricTable.Shown.Where(metric => metric.Places.Title is not null)];
    private static readonly Metric[] failures = [.. figures.Where(metric => metric.Places.IsOfFailures)];

    /// <summary>Writes the table of some groups.</summary>
    internal static void Add(StringBuilder page, ConnectionGroups groups, TrafficSummary summary)
    {
        var left = groups.Count - MaxGroups;
        var metrics = groups.By.IsOfFailures ? failures : figures;
        var note = $"By {groups.By.Meaning.Replace("`", "", StringComparison.Ordinal)}.";
        note += groups.WhatIsUncounted is { } uncounted ? $" {Capitalized(uncounted)}." : "";
        note += left <= 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" The largest {MaxGroups:N0}; {left:N0} more are not shown.");
        var table = new ReportTable(
            page, $"by-{IdOf(groups.By)}", Capitalized(groups.By.Title), note, [new(Capitalized(groups.By.Word), false), .. metrics.Select(metric => new ReportColumn(metric.Places.Title!) { Metric = metric.Name })]);
        foreach (var (key, statistics) in groups.InOrder.Take(MaxGroups))
        {
            AddRow(table, metrics, groups.By.Text(key), summary.Of(statistics));
        }

        if (groups.Others is { } others)
        {
            AddRow(table, metrics, ConnectionGroups.OthersName, summary.Of(others));
        }

        table.End();
    }

    /// <summary>What the table of groups is called where only letters may stand.</summary>
    internal static string IdOf(Grouping by) => string.Concat(by.Word.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));

    private static void AddRow(ReportTable table, Metric[] metrics, string name, CaptureFigures of)
    {
        table.Row(name);
        foreach (var metric in metrics)
        {
            table.Figure(metric.Of(of), metric.Unit);
        }

        table.EndRow();
    }

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
