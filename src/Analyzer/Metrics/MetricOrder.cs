using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Metrics;

/// <summary>An order of groups of connections, by one of their figures: the greatest first, those without one last.</summary>
/// <param name="metric">Which figure.</param>
/// <param name="isReversed">Whether the least comes first.</param>
internal sealed class MetricOrder(Metric metric, bool isReversed)
{
    /// <summary>Reads the name of a metric; with a dash before it the least comes first.</summary>
    /// <exception cref="FormatException">There is no such metric of groups.</exception>
    internal static MetricOrder Parse(string text)
    {
        var name = text.TrimStart('-');
        var metrics = MetricTable.Shown.Where(one => one.IsOfGroups).ToArray();
        return Array.Find(metrics, one => one.Name == name || one.Aliases.Contains(name)) is { } metric
            ? new MetricOrder(metric, text.StartsWith('-'))
            : throw new FormatException(NearestWord.Find(name, metrics.Select(one => one.Name)) is { } nearest
                ? $"there is no metric '{name}' of groups; did you mean {nearest}?"
                : $"there is no metric '{name}' of groups; expected one of {string.Join(' ', metrics.Select(one => one.Name))}");
    }

    /// <summary>Puts groups in order; equal ones stay as they are.</summary>
    internal IEnumerable<T> Sort<T>(IEnumerable<T> groups, Func<T, CaptureFigures> of)
    {
        var known = groups.Select(group => (group, Figure: metric.Of(of(group)))).ToArray();
        var sign = isReversed ? 1 : -1;
        return known.OrderBy(one => one.Figure is null).ThenBy(one => sign * (one.Figure?.Low ?? 0)).ThenBy(one => one.Figure is { IsExact: false } ? sign : 0).Select(one => one.group);
    }
}
