using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>A <see cref="CaptureComparison"/> as one HTML page, which needs no other file and asks for none.</summary>
internal static class ComparisonPage
{
    private const int MaxGroups = 500;

    private const string Scale =
        "The line is the 99 % interval of after to before, the dot the figures themselves; of shares it spans 20 percentage points to each side. What goes beyond the scale ends in an arrow.";

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
        AddSummary(page, comparison);
        ComparisonCharts.Add(page, comparison);
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

    /// <summary>What is certain, in one line, and what may be wrong with it.</summary>
    private static void AddSummary(StringBuilder page, CaptureComparison comparison)
    {
        page.Append("<section aria-labelledby=\"changes-title\">\n<h2 id=\"changes-title\">What changed</h2>\n<ul class=\"findings\">\n");
        MetricChange[] changed = [.. comparison.Changes.Where(change => ChangeSenses.SenseOf(change) != ChangeSense.None && change.Metric.Places.Comparison is not null)];
        foreach (var change in changed.OrderBy(change => ChangeSenses.SenseOf(change)))
        {
            var sense = ChangeSenses.SenseOf(change);
            var interval = change.Effect is { } effect && ComparisonText.Of(effect) is { Length: > 0 } words ? $" ({words})" : "";
            page.Append(CultureInfo.InvariantCulture, $"<li class=\"{sense.ToString().ToLowerInvariant()}\"><strong>{sense.Word(change.Metric.Unit)}</strong>: <code>{change.Metric.Name}</code>, {ReportTable.Escape(change.Metric.Meaning)}: ")
                .Append(ReportTable.Escape($"{change.Before?.Text(change.Metric.Unit) ?? "-"}, then {change.After?.Text(change.Metric.Unit) ?? "-"}, {ComparisonText.Change(change)}{interval}")).Append("</li>\n");
        }

        page.Append(changed.Length == 0 ? "<li>No metric is certain to have changed.</li>\n" : "").Append("</ul>\n<dl>\n");
        foreach (var (label, words) in comparison.Missing.Select(one => (one.Capture, $"{one.Missing}; changes may come from that")).Concat(ComparisonText.Distributions(comparison)))
        {
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{label}</dt><dd>{ReportTable.Escape(words)}</dd></div>\n");
        }

        page.Append("</dl>\n</section>\n");
    }

    private static void AddResults(StringBuilder page, IReadOnlyList<UnwantedResult> unwanted)
    {
        var table = new ReportTable(
            page, "conditions", "Fail if", "What must not hold.", new("Condition", false), new("Result", false), new("Before"), new("After"), new("Change", false), new(EffectTitle, false), new(ForestMark.Header, false), new("Verdict", false), new("p"));
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

    /// <summary>What changed, or cannot be told; the rest is folded away.</summary>
    private static void AddMetrics(StringBuilder page, IReadOnlyList<MetricChange> changes)
    {
        MetricChange[] told = [.. changes.Where(change => change.Verdict is ChangeVerdict.Changed or ChangeVerdict.Unknown)];
        MetricChange[] rest = [.. changes.Except(told)];
        AddMetrics(page, "metrics", "Metrics", Scale, told);
        BeginRest(page, $"{rest.Length} metrics that did not change, or that nothing tests");
        AddMetrics(page, "same", "Metrics without a change", "", rest);
        EndRest(page);
    }

    private static void AddMetrics(StringBuilder page, string name, string title, string note, MetricChange[] changes)
    {
        if (changes.Length == 0)
        {
            AddNone(page, name, title);
            return;
        }

        var table = new ReportTable(
            page, name, title, note, new("Metric", false), new("Before"), new("After"), new("Change", false), new(EffectTitle, false), new(ForestMark.Header, false), new("Verdict", false), new("p"), new("Is", false));
        foreach (var change in changes)
        {
            AddChange(table.Row(change.Metric.Name), change).Text(change.Metric.Meaning).EndRow();
        }

        table.End();
    }

    private static void AddNone(StringBuilder page, string name, string title) => page.Append(
        CultureInfo.InvariantCulture, $"<section aria-labelledby=\"{name}-title\">\n<h2 id=\"{name}-title\">{title}</h2>\n<p>None has changed by more than chance explains.</p>\n</section>\n");

    private static void BeginRest(StringBuilder page, string title) =>
        page.Append(CultureInfo.InvariantCulture, $"<details class=\"rest\"><summary>{title}</summary>\n");

    private static void EndRest(StringBuilder page) => page.Append("</details>\n");

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

        var certain = all.Where(one => one.Group.Verdict is ChangeVerdict.Changed or ChangeVerdict.Unknown).ToArray();
        AddGroups(page, groups, groups.By.Plural, title, certain);
        if (certain.Length < all.Length)
        {
            var few = all.Length - certain.Length;
            BeginRest(page, $"{few} {(few == 1 ? groups.By.Word : groups.By.Plural)} too few to be told from noise");
            AddGroups(page, groups, groups.By.Plural + "Noise", $"{title}: noise", [.. all.Except(certain)]);
            EndRest(page);
        }
    }

    private static void AddGroups(StringBuilder page, GroupChanges groups, string name, string title, (string Change, GroupChange Group)[] all)
    {
        if (all.Length == 0)
        {
            AddNone(page, name, title);
            return;
        }

        var isOfFailures = groups.By.IsOfFailures;
        var note = (all.Length > MaxGroups ? string.Create(CultureInfo.InvariantCulture, $"The {MaxGroups:N0} most certain of {all.Length:N0} changes. ") : "")
            + (groups.IsComplete ? "" : ComparisonText.Incomplete + ".");
        var table = new ReportTable(
            page, name, title, note, new(Capitalized(groups.By.Word), false), new("Change", false), new("Before"), new("After"), new(EffectTitle, false), new(ForestMark.Header, false), new("Verdict", false), new("p"));
        foreach (var (change, group) in all.OrderBy(one => one.Group.Chance ?? 1).Take(MaxGroups))
        {
            table.Row(group.Name).Text(change).Count(group.Before).Count(group.After);
            var sense = ChangeSenses.SenseOf(group, isOfFailures || change is "failing" or "failing less");
            AddVerdict(table, group.Effect, null, group.Verdict, sense, MetricUnit.Count, group.AdjustedChance ?? group.Chance).EndRow();
        }

        table.End();
    }

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static ReportTable AddChange(ReportTable table, MetricChange change)
    {
        table.Figure(change.Before, change.Metric.Unit).Figure(change.After, change.Metric.Unit);
        table.Text(ComparisonText.Change(change));
        var value = change.Effect is { } effect ? ForestMark.Between(effect, change.Before, change.After) : null;
        return AddVerdict(table, change.Effect, value, change.Verdict, ChangeSenses.SenseOf(change), change.Metric.Unit, change.AdjustedChance ?? change.Chance);
    }

    private static ReportTable AddVerdict(ReportTable table, Effect? effect, double? value, ChangeVerdict verdict, ChangeSense sense, MetricUnit unit, double? chance)
    {
        var words = sense == ChangeSense.None ? verdict.Word() : $"{verdict.Word()}: {sense.Word(unit)}";
        table.Text(effect is { } known ? ComparisonText.Of(known) : "").Drawn(effect is { } drawn ? ForestMark.Of(drawn, value, sense) : "");
        table.Marked(words, sense == ChangeSense.None ? "" : sense.ToString().ToLowerInvariant());
        return chance is { } likely ? table.Number(likely, likely < 0.0001 ? "< 0.0001" : likely.ToString("G2", CultureInfo.InvariantCulture)) : table.Nothing();
    }
}
