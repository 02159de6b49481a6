using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Checks;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Statistics;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>A <see cref="CaptureComparison"/> for people.</summary>
internal static class ComparisonText
{
    /// <summary>What is to be said of groups that are not <see cref="GroupChanges.IsComplete"/>.</summary>
    internal const string Incomplete = "there were too many to keep all: one that seems new or vanished may only have been too small";

    /// <summary>Above <see cref="Of(Effect)"/>.</summary>
    internal const string EffectHeader = "99 % INTERVAL";

    private const int MaxGroups = 10;
    private const int StatusWidth = 8;
    private const int LeastName = 12;

    // From here on a change is told as a factor.
    private const double Multiple = 9;

    // From this factor on nothing is known.
    private const double Anything = 10_000;

    // Of the table of metrics, of lists of groups, and of what stands before the name of a group and behind it, where there is room.
    private const int FullTableWidth = 80;
    private const int FullWidth = 64;
    private const int GroupFiguresWidth = 12 + 30;

    /// <summary>Lays the comparison out: metrics, distributions, new and vanished groups, failures, and what became of the
    /// expectations, each of which should not hold.</summary>
    /// <param name="comparison">What was compared.</param>
    /// <param name="unwanted">What became of the expectations.</param>
    /// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
    /// <param name="colours">How changes stand out; null: not at all.</param>
    /// <returns>UTF-8.</returns>
    public static byte[] Format(CaptureComparison comparison, IReadOnlyList<UnwantedResult> unwanted, int width, TextColours? colours = null)
    {
        var text = new StringBuilder();
        var look = colours ?? TextColours.None;
        AddMetrics(text, comparison, width, look);
        text.Append('\n');
        foreach (var (capture, missing) in comparison.Missing)
        {
            WrappedText.Append(text, $"{capture,-12}", $"{missing}; changes may come from that", width);
        }

        foreach (var (label, words) in Distributions(comparison))
        {
            WrappedText.Append(text, $"{label,-12}", words, width);
        }

        foreach (var groups in comparison.Groups)
        {
            AddGroups(text, groups, width, look);
        }

        if (unwanted.Count > 0)
        {
            text.Append("\nfail if\n");
            AddResults(text, unwanted, width, look);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void AddMetrics(StringBuilder text, CaptureComparison comparison, int width, TextColours colours)
    {
        MetricChange[] changes = [.. comparison.Changes.Where(change => change.Metric.Places.Comparison is not null).OrderBy(change => change.Metric.Places.Comparison)];
        var isFull = width is 0 or >= FullTableWidth;
        Column[] all =
        [
            new("METRIC", Array.ConvertAll(changes, change => change.Metric.Name), isFull ? -17 : -1, 0),
            new("BEFORE", Array.ConvertAll(changes, change => Of(change.Before, change.Metric)), isFull ? 9 : 1, 2),
            new("AFTER", Array.ConvertAll(changes, change => Of(change.After, change.Metric)), isFull ? 9 : 1, 1),
            new("CHANGE", Array.ConvertAll(changes, Change), isFull ? 9 : 1, 0),
            new(EffectHeader, Array.ConvertAll(changes, change => change.Effect is { } effect ? Of(effect) : ""), isFull ? 16 : 1, 3),
            new("", Array.ConvertAll(changes, change => change.Before != change.After ? change.Verdict.Word() : ""), -1, 0),
        ];
        var columns = FittingColumns.Choose(all, width, column => (column.Width + 1, column.Goes));
        for (var row = -1; row < changes.Length; row++)
        {
            var emphasis = row < 0 ? Emphasis.Heading : EmphasisOf(changes[row]);
            text.Append(colours.Of(string.Join(' ', columns.Select(column => column.Cell(row))).TrimEnd(), emphasis)).Append('\n');
        }

        text.Append(FittingColumns.Note(all.Except(columns).Select(column => column.Name), "--json has all", width));
    }

    /// <summary>How lifetimes and times to connect differ, in words.</summary>
    internal static IEnumerable<(string Label, string Words)> Distributions(CaptureComparison comparison)
    {
        var (before, after) = (comparison.Before.Figures.Connections, comparison.After.Figures.Connections);
        return
        [
            ("lifetimes", Describe(comparison.Lifetimes, comparison.VerdictOf(MetricTest.Lifetimes), before.Lifetimes, after.Lifetimes)),
            ("connects", Describe(comparison.ConnectTimes, comparison.VerdictOf(MetricTest.ConnectTimes), before.ConnectTimes, after.ConnectTimes)),
        ];
    }

    private static string Describe(
        DurationDifference? difference, (ChangeVerdict Verdict, double? Adjusted) of, LifetimeHistogram before, LifetimeHistogram after)
    {
        var counts = Invariant($"{before.Ended + before.Censored:N0} before, {after.Ended + after.Censored:N0} after");
        return difference is { } found
            ? Invariant($"{of.Verdict.Word()}: {counts}; the curves are at most {found.Distance * 100:F1} % apart ({Likelihood(of.Adjusted ?? found.Chance)})")
            : $"nothing to compare: {counts}";
    }

    private static void AddGroups(StringBuilder text, GroupChanges groups, int width, TextColours colours)
    {
        var isReason = groups.By.IsOfFailures;
        var lists = new[] { (Label: "new", Rows: isReason ? [] : groups.New), (Label: "vanished", Rows: isReason ? [] : groups.Vanished), (Label: "failing", Rows: groups.Failures) };
        if (lists.All(list => list.Rows.Count == 0))
        {
            return;
        }

        var rows = lists.SelectMany(list => list.Rows.Where(row => row.IsSignificant).Take(MaxGroups).Select(row => (list.Label, Row: row))).ToArray();
        var longest = rows.Select(row => row.Row.Name.Length).Append(LeastName).Max();
        // Without room, figures are not in line.
        var (verbWidth, countWidth) = width is 0 or >= FullWidth ? (12, 10) : (rows.Select(row => Verb(row.Label, row.Row).Length).Append(0).Max(), 0);
        var counts = rows.Select(row => Invariant($" {row.Row.Before.ToString("N0", CultureInfo.InvariantCulture).PadLeft(countWidth)} -> {row.Row.After:N0}")).ToArray();
        var figuresWidth = width >= FullWidth ? GroupFiguresWidth : 2 + verbWidth + 1 + counts.Select(count => count.Length).Append(0).Max();
        var nameWidth = width == 0 ? longest : Math.Min(longest, Math.Max(LeastName, width - figuresWidth));
        text.Append('\n').Append(colours.Of(groups.By.Title, Emphasis.Heading)).Append('\n');
        for (var i = 0; i < rows.Length; i++)
        {
            var verb = Verb(rows[i].Label, rows[i].Row);
            text.Append("  ").Append(colours.Of(verb, verb == "failing" ? Emphasis.Bad : Emphasis.Doubtful)).Append(' ', verbWidth - verb.Length + 1)
                .Append(WrappedText.Cut(rows[i].Row.Name, nameWidth).PadRight(nameWidth)).Append(counts[i]).Append('\n');
        }

        foreach (var (label, all) in lists)
        {
            var (certain, unknown) = (all.Count(row => row.IsSignificant), all.Count(row => row.Verdict == ChangeVerdict.Unknown));
            AddRest(label, Math.Max(0, certain - MaxGroups), "more");
            AddRest(label, unknown, "that cannot be told, by what is missing or left out");
            AddRest(label, all.Count - certain - unknown, rows.Length > 0 ? "others, too few to be told from noise" : "too few to be told from noise");
        }

        if (!groups.IsComplete)
        {
            WrappedText.Append(text, "  ", Incomplete, width);
        }

        void AddRest(string label, int count, string what)
        {
            if (count > 0)
            {
                WrappedText.Append(text, $"  {label.PadRight(Math.Max(verbWidth, label.Length))} ", Invariant($"{count:N0} {what}"), width);
            }
        }
    }

    private static Emphasis EmphasisOf(MetricChange change) => change.Verdict switch
    {
        ChangeVerdict.Changed when change.Before != change.After => Emphasis.Doubtful,
        _ => Emphasis.None,
    };

    private static string Verb(string label, GroupChange row) => label == "failing" && row.After < row.Before ? "failing less" : label;

    private static void AddResults(StringBuilder text, IReadOnlyList<UnwantedResult> results, int width, TextColours colours)
    {
        foreach (var result in results)
        {
            var begin = text.Length;
            var status = $"  {result.Verdict.Not().Status(),-StatusWidth}";
            if (result.Terms.Count > 1)
            {
                WrappedText.Append(text, status, PrintableText.Of(result.Expectation.Text), width);
                status = new string(' ', status.Length + 2);
            }

            foreach (var term in result.Terms)
            {
                WrappedText.Append(text, status, Of(term), width);
            }

            var word = result.Verdict.Not();
            text.Replace(word.Status(), colours.Of(word.Status(), CheckText.EmphasisOf(word)), begin, 2 + word.Status().Length);
        }
    }

    private static string Of(ComparisonResult term)
    {
        var change = term.Change;
        var noise = term.Holds == true && change.Verdict == ChangeVerdict.Noise ? $"; may be noise ({Likelihood(change.Chance!.Value)})" : "";
        return $"{PrintableText.Of(term.Expectation.Text)}: {Of(change.Before, change.Metric)} -> {Of(change.After, change.Metric)} ({Difference(change)}){noise}{(term.Reason is { } reason ? "; " + reason : "")}";
    }

    private static string Of(Figure? figure, Metric metric) => figure?.Text(metric.Unit) ?? "-";

    /// <summary>How much a figure has changed, in words.</summary>
    internal static string Difference(MetricChange change)
    {
        if (change is not { Before: { IsExact: true } before, After: { IsExact: true } after })
        {
            return "?";
        }

        var relative = after.ChangeFrom(before).Low;
        return before == after ? "="
            : double.IsFinite(relative) && relative >= Multiple ? Invariant($"x {relative + 1:N0}")
            : after.Low > 0 && before.ChangeFrom(after).Low is >= Multiple and var less ? Invariant($"/ {less + 1:N0}")
            : double.IsFinite(relative) ? Invariant($"{Math.Round(relative * 100, 1):+#,0.0;-#,0.0;0.0} %")
            : "+" + after.Text(change.Metric.Unit);
    }

    /// <summary>The same for tables: of a share, in percentage points.</summary>
    internal static string Change(MetricChange change) => change is { Metric.Unit: MetricUnit.Share, Before: { IsExact: true } before, After: { IsExact: true } after }
        ? before == after ? "=" : $"{Points(after.Low - before.Low)} pp"
        : Difference(change);

    /// <summary>Where a difference lies; empty if it may be anything.</summary>
    internal static string Of(Effect effect)
    {
        if (effect.Scale == EffectScale.Difference)
        {
            return $"{Points(effect.Least)} to {Points(effect.Most)} pp";
        }

        var isFactor = effect.Most - 1 >= Multiple;
        var least = effect.Least >= 1 && isFactor ? Factor(effect.Least) : $"{Points(effect.Least - 1)} %";
        return effect.Most >= Anything ? effect.Least <= 1 / Anything ? "" : $"{least} or more"
            : !isFactor ? $"{Points(effect.Least - 1)} to {Points(effect.Most - 1)} %"
            : effect.Least >= 1 ? Invariant($"{least} to {effect.Most:N0}")
            : $"{least} to {Factor(effect.Most)}";
    }

    private static string Factor(double ratio) => "x " + ratio.ToString(ratio < 9.95 ? "0.#" : "N0", CultureInfo.InvariantCulture);

    /// <summary>A hundredfold with its sign, two digits or more.</summary>
    private static string Points(double part)
    {
        var points = part * 100;
        var digits = Math.Abs(points) < 0.995 ? 2 : Math.Abs(points) < 9.95 ? 1 : 0;
        return Math.Round(points, digits).ToString(digits switch { 2 => "+0.00;-0.00;0", 1 => "+0.0;-0.0;0", _ => "+#,0;-#,0;0" }, CultureInfo.InvariantCulture);
    }

    private static string Likelihood(double chance) => chance < 0.0001 ? "p < 0.0001" : Invariant($"p = {chance:G2}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A column of the table of metrics.</summary>
    /// <param name="Name">Its header.</param>
    /// <param name="Cells">What stands below.</param>
    /// <param name="Least">The least width; negative if cells begin on the left.</param>
    /// <param name="Goes">When it makes room, see <see cref="FittingColumns"/>.</param>
    private sealed record Column(string Name, string[] Cells, int Least, int Goes)
    {
        internal int Width { get; } = Math.Max(Math.Abs(Least), Cells.Append(Name).Max(cell => cell.Length));

        /// <summary>The header is above the first row.</summary>
        internal string Cell(int row)
        {
            var cell = row < 0 ? Name : Cells[row];
            return Least < 0 ? cell.PadRight(Width) : cell.PadLeft(Width);
        }
    }
}
