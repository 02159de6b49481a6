using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>A <see cref="CaptureComparison"/> as one HTML page, which needs no other file and asks for none.</summary>
internal static class ComparisonPage
{
    private const int MaxGroups = 500;

    private const string EffectTitle = "99 % interval";

    /// <summary>Writes the page.</summary>
    /// <param name="comparison">What was compared.</param>
    /// <param name="unwanted">What became of expectations that should not hold.</param>
    /// <param name="before">What the first capture is called.</param>
    /// <param name="after">What the second is called.</param>
    /// <param name="selection">Which connections were asked for, in the words of the command line; empty for all.</param>
    public static string Format(
        CaptureComparison comparison, IReadOnlyList<UnwantedResult> unwanted, string before, string after, string selection)
    {
        var page = new StringBuilder();
        ReportFrame.Begin(page, PageScript.Tables, "TCP connections before and after", $"{before}, then {after}", selection);
        AddDistributions(page, comparison);
        if (unwanted.Count > 0)
        {
            AddResults(page, unwanted);
        }

        AddMetrics(page, comparison.Changes);
        foreach (var groups in comparison.Groups)
        {
            AddGroups(page, groups);
        }

        ReportFrame.End(page, PageScript.Tables);
        return page.ToString();
    }

    private static void AddDistributions(StringBuilder page, CaptureComparison comparison)
    {
        page.Append("<section aria-labelledby=\"durations-title\">\n<h2 id=\"durations-title\">Durations</h2>\n<dl>\n");
        foreach (var (label, words) in comparison.Missing.Select(one => (one.Capture, $"{one.Missing}; changes may come from that")).Concat(ComparisonText.Distributions(comparison)))
        {
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{label}</dt><dd>{ReportTable.Escape(words)}</dd></div>\n");
        }

        page.Append("</dl>\n</section>\n");
    }

    private static void AddResults(StringBuilder page, IReadOnlyList<UnwantedResult> unwanted)
    {
        var table = new ReportTable(
            page, "conditions", "Fail if", "What must not hold.", new("Condition", false), new("Result", false), new("Before"), new("After"), new("Change", false), new(EffectTitle, false), new("Verdict", false), new("p"));
        foreach (var result in unwanted)
        {
            foreach (var term in result.Terms)
            {
                // Of several comparisons the whole decides.
                var condition = result.Terms.Count == 1 ? result.Expectation.Text : $"{term.Expectation.Text} ({result.Expectation.Text})";
                AddChange(table.Row(condition).Text(result.Verdict.Not().Status() + (term.Reason is { } reason ? $": {reason}" : "")), term.Change);
                table.EndRow();
            }
        }

        table.End();
    }

    private static void AddMetrics(StringBuilder page, IReadOnlyList<MetricChange> changes)
    {
        var table = new ReportTable(
            page, "metrics", "Metrics", "", new("Metric", false), new("Before"), new("After"), new("Change", false), new(EffectTitle, false), new("Verdict", false), new("p"), new("Is", false));
        foreach (var change in changes)
        {
            AddChange(table.Row(change.Metric.Name), change).Text(change.Metric.Meaning).EndRow();
        }

        table.End();
    }

    private static void AddGroups(StringBuilder page, GroupChanges groups)
    {
        var title = Capitalized(groups.By.Title);
        var isReason = groups.By.IsOfFailures;
        (string Change, GroupChange Group)[] all =
        [
            .. isReason ? [] : groups.New.Select(group => ("new", group)),
            .. isReason ? [] : groups.Vanished.Select(group => ("vanished", group)),
            .. groups.Failures.Select(group => (group.After > group.Before ? "failing" : "failing less", group)),
        ];
        if (all.Length == 0)
        {
            return;
        }

        var note = (all.Length > MaxGroups ? string.Create(CultureInfo.InvariantCulture, $"The {MaxGroups:N0} most certain of {all.Length:N0} changes. ") : "")
            + (groups.IsComplete ? "" : ComparisonText.Incomplete + ".");
        var table = new ReportTable(page, groups.By.Plural, title, note, new(title, false), new("Change", false), new("Before"), new("After"), new(EffectTitle, false), new("Verdict", false), new("p"));
        foreach (var (change, group) in all.OrderBy(one => one.Group.Chance ?? 1).Take(MaxGroups))
        {
            table.Row(group.Name).Text(change).Count(group.Before).Count(group.After);
            AddVerdict(table, group.Effect, group.Verdict, group.AdjustedChance ?? group.Chance).EndRow();
        }

        table.End();
    }

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static ReportTable AddChange(ReportTable table, MetricChange change)
    {
        table.Figure(change.Before, change.Metric.Unit).Figure(change.After, change.Metric.Unit);
        table.Text(ComparisonText.Change(change));
        return AddVerdict(table, change.Effect, change.Verdict, change.AdjustedChance ?? change.Chance);
    }

    private static ReportTable AddVerdict(ReportTable table, Effect? effect, ChangeVerdict verdict, double? chance)
    {
        table.Text(effect is { } known ? ComparisonText.Of(known) : "").Text(verdict.Word());
        return chance is { } likely ? table.Number(likely, likely < 0.0001 ? "< 0.0001" : likely.ToString("G2", CultureInfo.InvariantCulture)) : table.Nothing();
    }
}
