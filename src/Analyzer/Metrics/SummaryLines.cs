using System.Globalization;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Metrics;

/// <summary>The figures of a summary in lines of words, as <see cref="MetricTable"/> has them.</summary>
internal static partial class SummaryLines
{
    private static readonly Dictionary<string, Metric> metrics = MetricTable.Shown.ToDictionary(metric => metric.Name);

    private static readonly ILookup<SummaryLine, Metric> phrases = MetricTable.Shown
        .Where(metric => metric.Places.Phrase is not null)
        .OrderBy(metric => metric.Places.Phrase!.Order)
        .ToLookup(metric => metric.Places.Phrase!.Line);

    // Left out where there is nothing to say.
    private static readonly SummaryLine[] optional = [SummaryLine.Clocks, SummaryLine.Confidence, SummaryLine.Accept];

    private static readonly Dictionary<SummaryLine, Func<CaptureFigures, string>> whole = new()
    {
        [SummaryLine.Clocks] = SummaryPhrases.Clocks,
        [SummaryLine.Confidence] = Confidence,
    };

    /// <summary>All lines, each with what it is called; <c>-</c> where there is nothing to say.</summary>
    internal static IEnumerable<(string Label, string Words)> Of(CaptureFigures figures)
    {
        foreach (var line in Enum.GetValues<SummaryLine>())
        {
            var words = "";
            foreach (var metric in phrases[line])
            {
                words += Words(metric, figures) is { } phrase ? (words.Length > 0 ? metric.Places.Phrase!.Before : "") + phrase : "";
            }

            if (whole.TryGetValue(line, out var all))
            {
                words = all(figures);
            }

            if (words.Length > 0 || !optional.Contains(line))
            {
                yield return ($"{line}".ToLowerInvariant(), words.Length > 0 ? words : "-");
            }
        }
    }

    /// <summary>Where the percentiles of lifetimes lie, as far as that can be told.</summary>
    private static string Confidence(CaptureFigures of)
    {
        var bounds = MetricTable.All.Where(metric => metric.Name.StartsWith("lifetime.", StringComparison.Ordinal))
            .Select(metric => (metric, metric.Confidence(of))).Where(one => one.Item2 is { Low: not null })
            .Select(one => $"{one.metric.Name["lifetime.".Length..]} {Range(one.Item2!.Value.Low!.Value, one.Item2.Value.High)}").ToArray();
        return bounds.Length == 0 ? "" : $"95 %: {string.Join(", ", bounds)}";
    }

    private static string Range(ulong low, ulong? high) => (DurationText.Of(low), high is { } most ? DurationText.Of(most) : null) switch
    {
        (var from, null) => $"{from} or more",
        var (from, to) when from == to => from,
        var (from, to) => $"{from} to {to}",
    };

    private static string? Words(Metric metric, CaptureFigures figures)
    {
        var phrase = metric.Places.Phrase!;
        return phrase.Of is { } words ? words(figures)
            : metric.Of(figures) is not { } figure || (phrase.IsSilentAtZero && figure == new Figure(0)) ? null
            : Name().Replace(phrase.Words, name => Text(metrics[name.Groups[1].Value], figures));
    }

    private static string Text(Metric metric, CaptureFigures figures) => metric.Of(figures) is not { } figure ? "-"
        : metric.Unit == MetricUnit.Rate ? string.Create(CultureInfo.InvariantCulture, $"{figure.Low:N1}/s")
        : metric.Unit == MetricUnit.Time && figures.Doubts.Events > 0 && metric.Doubtful(figures) is { } possible ? $"{figure.Text(metric.Unit)} ({possible.Bounds(metric.Unit)})"
        : figure.Text(metric.Unit);

    [GeneratedRegex("{([^}]*)}")]
    private static partial Regex Name();
}
