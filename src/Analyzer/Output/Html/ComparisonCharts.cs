using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>Both captures of a comparison in one picture each: how long things take, and what happened when. Each has a text and its numbers.</summary>
internal static class ComparisonCharts
{
    private const int BeforeColor = 0;
    private const int AfterColor = 3;
    private const int MostIntervals = 100;

    private static readonly double[] shares = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999];

    /// <summary>Writes them.</summary>
    internal static void Add(StringBuilder page, CaptureComparison comparison)
    {
        page.Append("<section aria-labelledby=\"charts-title\">\n<h2 id=\"charts-title\">Before and after</h2>\n");
        page.Append(CultureInfo.InvariantCulture, $"<ul class=\"legend\"><li>{Swatch(BeforeColor, isDashed: true)}before</li><li>{Swatch(AfterColor, isDashed: false)}after</li></ul>\n<div class=\"charts\">\n");
        var (before, after) = (comparison.Before.Figures.Connections, comparison.After.Figures.Connections);
        var words = ComparisonText.Distributions(comparison).ToArray();
        AddDurations(page, "lifetimes", "How long connections live", "lifetime (logarithmic)", before.Lifetimes, after.Lifetimes, words[0].Words);
        AddDurations(page, "connects", "How long it takes to connect", "time to connect (logarithmic)", before.ConnectTimes, after.ConnectTimes, words[1].Words);
        if (comparison is { Before.Course: { Range: not null } one, After.Course: { Range: not null } other })
        {
            var length = ComparedCourse.LengthFor(one, other, MostIntervals);
            Interval[] first = [.. Intervals(one, length)];
            Interval[] second = [.. Intervals(other, length)];
            AddCourse(page, "new", "New connections a second", "opened or accepted, a second", length, first, second, of => of.New);
            AddCourse(page, "failures", "Connects that failed, a second", "failed, a second", length, first, second, of => of.Failed);
            AddCourse(page, "open", "Open connections", "open at the end of each interval", length, first, second, of => of.Active);
        }

        page.Append("</div>\n</section>\n");
    }

    private static string Swatch(int color, bool isDashed) =>
        string.Create(CultureInfo.InvariantCulture, $"<svg width=\"28\" height=\"10\" aria-hidden=\"true\"><path d=\"M0 5H28\" stroke=\"var(--series{color})\" stroke-width=\"3\"{(isDashed ? " stroke-dasharray=\"6 3\"" : "")}/></svg> ");

    private static void AddDurations(StringBuilder page, string name, string title, string axis, LifetimeHistogram before, LifetimeHistogram after, string verdict)
    {
        if (before.Ended + before.Censored == 0 && after.Ended + after.Censored == 0)
        {
            return;
        }

        LifetimeHistogram[] both = [before, after];
        DurationStep[] steps = [.. both.SelectMany(one => one.Distribution.Steps)];
        var plot = new LinePlot(
            title,
            PlotAxis.Powers(axis, steps.Min(step => step.Nanoseconds), steps.Max(step => step.Nanoseconds), value => DurationText.Of((ulong)value)),
            PlotAxis.Linear("share that takes at most so long", 1, value => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0} %")));
        AddCurve(plot, after, AfterColor, isDashed: false);
        AddCurve(plot, before, BeforeColor, isDashed: true);
        var text = $"{Medians(before, after)} {Sentence(verdict)} A band is where the curve lies with a confidence of 95 %; a curve that ends below 100 % is of durations that had not ended.";
        AddFigure(page, name, title, plot, text, ["share", "before", "its 95 % interval", "after", "its 95 % interval"], shares.Select(share => new[]
        {
            string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %"), At(before, share), Around(before, share), At(after, share), Around(after, share),
        }));
    }

    private static void AddCurve(LinePlot plot, LifetimeHistogram durations, int color, bool isDashed)
    {
        // Where some are censored, nothing changes; only up to the last of them is the curve known.
        var steps = durations.Distribution.Steps.Where((step, i) => step.Ended > 0 || i == durations.Distribution.Steps.Length - 1)
            .Select(step => (X: Math.Log10(Math.Max(step.Nanoseconds, 1)), step.Survival, step.Low, step.High)).ToArray();
        if (steps.Length == 0)
        {
            return;
        }

        // Where nothing is left the lower bound says no more than that.
        plot.Band([.. steps.Where(step => step.Survival > 0).Select(step => (step.X, 1 - step.High, 1 - step.Low))], color);
        plot.Steps(steps.Select(step => (step.X, 1 - step.Survival)).Prepend((steps[0].X, 0)), color, isDashed);
    }

    private static void AddCourse(
        StringBuilder page, string name, string title, string axis, long length, Interval[] before, Interval[] after, Func<Interval, double> of)
    {
        var most = before.Concat(after).Max(of);
        if (most == 0)
        {
            return;
        }

        var seconds = length / 1e9;
        var count = Math.Max(before.Length, after.Length);
        var (unit, unitName) = count * seconds >= 7200 ? (3600.0, "hours") : count * seconds >= 120 ? (60.0, "minutes") : (1.0, "seconds");
        var plot = new LinePlot(title, PlotAxis.Linear($"{unitName} since the recording began", count * seconds / unit, Number), PlotAxis.Linear(axis, most, Number));
        plot.Steps(Points(after), AfterColor, isDashed: false);
        plot.Steps(Points(before), BeforeColor, isDashed: true);
        var text = $"Before: {Describe(before)}. After: {Describe(after)}. Each interval is {DurationText.Whole((ulong)length)} long; both recordings begin at the left edge.";
        AddFigure(page, name, title, plot, text, [$"{unitName} since the beginning", "before", "after"], Enumerable.Range(0, count).Select(i => new[]
        {
            Number(i * seconds / unit), i < before.Length ? Number(of(before[i])) : "", i < after.Length ? Number(of(after[i])) : "",
        }));

        IEnumerable<(double, double)> Points(Interval[] intervals) => intervals.Select((interval, i) => (i * seconds / unit, of(interval)))
            .Append((((intervals.Length - 1) * seconds / unit) + (intervals[^1].Seconds / unit), of(intervals[^1])));

        string Describe(Interval[] intervals)
        {
            var values = Array.ConvertAll(intervals, one => of(one));
            var peak = Array.IndexOf(values, values.Max());
            var quiet = values.Count(value => value == 0);
            return string.Create(CultureInfo.InvariantCulture, $"{Number(values.Average())} on average, {Number(values[peak])} at most, {Number(peak * seconds / unit)} {unitName} after the beginning")
                + (quiet > 0 ? string.Create(CultureInfo.InvariantCulture, $", none in {quiet:N0} of {values.Length:N0} intervals") : "");
        }
    }

    private static void AddFigure(StringBuilder page, string name, string title, LinePlot plot, string text, string[] header, IEnumerable<string[]> rows)
    {
        page.Append(CultureInfo.InvariantCulture, $"<figure id=\"chart-{name}\">\n<h3>{title}</h3>\n<div class=\"scroll\" role=\"region\" aria-label=\"Picture: {title}\" tabindex=\"0\">{plot.ToSvg()}</div>\n");
        page.Append(CultureInfo.InvariantCulture, $"<figcaption>{ReportTable.Escape(text)}</figcaption>\n<details><summary>Its numbers</summary>\n");
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\" role=\"region\" aria-label=\"Numbers: {title}\" tabindex=\"0\"><table>\n<thead><tr>");
        page.AppendJoin("", header.Select(word => $"<th scope=\"col\" class=\"n\">{word}</th>")).Append("</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td class=\"n\">{ReportTable.Escape(cell)}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div></details>\n</figure>\n");
    }

    private static string Medians(LifetimeHistogram before, LifetimeHistogram after) =>
        $"The median is {At(before, 0.5)} before and {At(after, 0.5)} after, the 99th percentile {At(before, 0.99)} and {At(after, 0.99)}.";

    private static string At(LifetimeHistogram durations, double share) => durations.At(share)?.ToString() ?? "not known";

    private static string Around(LifetimeHistogram durations, double share) => durations.ConfidenceAt(share) is { } limits
        ? (limits.Low is { } low ? DurationText.Of(low) : "0 ns") + (limits.High is { } high ? $" to {DurationText.Of(high)}" : " or more")
        : "";

    private static string Sentence(string words) => char.ToUpperInvariant(words[0]) + words[1..] + ".";

    private static string Number(double value) =>
        value.ToString(value is 0 or >= 99.95 ? "N0" : value >= 9.995 ? "0.#" : value >= 0.01 ? "0.##" : "G2", CultureInfo.InvariantCulture);

    private static IEnumerable<Interval> Intervals(ComparedCourse course, long length) => course.Intervals(length).Select(one => one.Seconds > 0
        ? new Interval(one.Seconds, (one.Of.Opened + one.Of.Accepted) / one.Seconds, one.Of.Failed / one.Seconds, one.Of.Active)
        : new Interval(0, 0, 0, one.Of.Active));

    private readonly record struct Interval(double Seconds, double New, double Failed, double Active);
}
