using TraceCap.Analyzer;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html;

namespace TraceCap.Charts;

/// <summary>Charts and reports of captures, each by one call.</summary>
public static class CaptureCharts
{
    /// <summary>What charts there are: what <c>tracecap plot</c> calls them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ChartTable.All.Select(kind => kind.Name)];

    /// <summary>Draws a chart of a capture's connections as PNG.</summary>
    /// <param name="capture">Is read to its end.</param>
    /// <param name="chart">One of <see cref="Names"/>.</param>
    /// <param name="settings">How it looks; null: 1000 by 600 pixels, light, no groups.</param>
    /// <param name="filter">Which connections; null: all.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="ArgumentException">There is no such chart, or it has not what the settings want.</exception>
    /// <exception cref="ChartException">A native library that draws is not there.</exception>
    /// <inheritdoc cref="Capture.Connections" path="/exception" />
    public static byte[] ChartPng(
        this Capture capture, string chart, ChartSettings? settings = null, ConnectionFilter? filter = null, CancellationToken token = default)
    {
        var (drawn, recordings) = Read(capture, chart, settings ??= new ChartSettings(), filter, token);
        return drawn.ToPng(recordings, settings.Size, settings.Theme);
    }

    /// <summary>Draws it as SVG; its text is text.</summary>
    /// <inheritdoc cref="ChartPng" />
    public static string ChartSvg(
        this Capture capture, string chart, ChartSettings? settings = null, ConnectionFilter? filter = null, CancellationToken token = default)
    {
        var (drawn, recordings) = Read(capture, chart, settings ??= new ChartSettings(), filter, token);
        return drawn.ToSvg(recordings, settings.Size, settings.Theme);
    }

    /// <summary>Makes one HTML page of figures, findings, charts and tables, to be explored, as <c>tracecap report</c> does. It needs no
    /// other file.</summary>
    /// <param name="capture">Is read to its end.</param>
    /// <param name="filter">Which connections; null: all.</param>
    /// <param name="rows">How many connections it holds at most; null: as many as keep it below 5 MiB.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="ChartException">A native library that draws is not there.</exception>
    /// <inheritdoc cref="Capture.Connections" path="/exception" />
    public static string Report(
        this Capture capture, ConnectionFilter? filter = null, int? rows = null, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var report = new TrafficReport(rows, ReportCharts.All());
        capture.Read(report, filter, token);
        return report.ToHtml(filter is { IsAny: false } ? filter.ToString() : "");
    }

    private static (Chart Drawn, IReadOnlyList<RecordedSpan> Recordings) Read(
        Capture capture, string name, ChartSettings settings, ConnectionFilter? filter, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(capture);
        var kind = ChartTable.Find(name)
            ?? throw new ArgumentException($"there is no chart '{name}'; expected one of {string.Join(", ", Names)}", nameof(name));
        var options = new ChartOptions(Grouping.Of(settings.By), settings.Log);
        if (kind.Refuse(options) is { } reason)
        {
            throw new ArgumentException(reason, nameof(settings));
        }

        var chart = kind.Create(options);
        return (chart, capture.Read(chart, filter, token));
    }
}
