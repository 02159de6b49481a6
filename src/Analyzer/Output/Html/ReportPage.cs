using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>Writes the page of a report, from top to bottom.</summary>
internal sealed class ReportPage(ReportContent report, FindingCommand command)
{
    private const int MaxGroups = 200;

    private static readonly Metric[] figures = [.. MetricTable.Shown.Where(metric => metric.Places.Title is not null)];
    private static readonly Metric[] failures = [.. figures.Where(metric => metric.Places.IsOfFailures)];

    private readonly StringBuilder page = new();
    private readonly TimeLine time = new();
    private readonly string[] hosts = [.. report.Recordings.Select(recording => recording.Host).Where(host => host.Length > 0).Distinct()];

    private RecordedSpan? First => report.Recordings.MinBy(recording => time.At(recording.Start, recording));

    internal string Write(string selection)
    {
        ReportFrame.Begin(page, hosts.Length == 0 ? "TCP connections" : $"TCP connections of {string.Join(", ", hosts)}", Period(), selection);
        AddFigures();
        AddFindings();
        AddCharts();
        AddGroups(report.Summary.Groups, "processes", "Processes", "Process", "By the name of the thread that opened them.");
        AddGroups(report.Groups.Services, "services", "Services", "Service", "By the address and port that was connected to.");
        AddGroups(report.Groups.Peers, "peers", "Peers", "Peer", "By the address at the other end.");
        if (report.Groups.Errors.Count > 0)
        {
            AddGroups(report.Groups.Errors, "errors", "Failed connects", "Error", "By the reason.");
        }

        AddConnections();
        ReportFrame.End(page);
        return page.ToString();
    }

    private static string Escape(string text) => ReportTable.Escape(text);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private string Period()
    {
        if (First is not { } first)
        {
            return "Nothing was recorded";
        }

        var last = report.Recordings.MaxBy(recording => time.At(recording.End, recording))!;
        return first.WallClock(first.Start) is { } from && last.WallClock(last.End) is { } to
            ? $"Recorded from {Readable(from)} to {Readable(to)} UTC"
            : "Recorded at a time that is not known";
    }

    /// <summary>A time to the millisecond.</summary>
    private static string Readable(ulong wall) => WallTime.Format(wall)[..23].Replace('T', ' ');

    private void AddFigures()
    {
        page.Append("<section aria-labelledby=\"figures-title\">\n<h2 id=\"figures-title\">Figures</h2>\n<dl>\n");
        foreach (var (label, value) in SummaryLines.Of(report.Summary.Figures))
        {
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{label}</dt><dd>{Escape(value)}</dd></div>\n");
        }

        page.Append("</dl>\n</section>\n");
    }

    private void AddFindings()
    {
        page.Append("<section aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">Findings</h2>\n");
        var findings = report.Summary.Findings;
        if (findings.Count == 0)
        {
            page.Append("<p>Nothing that the rules look for.</p>\n</section>\n");
            return;
        }

        var (shown, left) = FindingList.ForPeople(findings);
        page.Append("<ul class=\"findings\">\n");
        foreach (var (finding, alike) in shown)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><strong>{finding.Rule}</strong> {Escape(finding.Text)}");
            foreach (var (label, words) in FindingLines.Of(finding, alike, command))
            {
                var tag = label == FindingLines.Rows ? "code" : "span";
                page.Append(CultureInfo.InvariantCulture, $"<br><small>{char.ToUpperInvariant(label[0])}{label[1..]}: <{tag}>{Escape(words)}</{tag}></small>");
            }

            page.Append(CultureInfo.InvariantCulture, $"<br><small>Rule: {Escape(finding.Condition)}.</small></li>\n");
        }

        page.Append("</ul>\n");
        if (left > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>And {left:N0} more.</p>\n");
        }

        page.Append("</section>\n");
    }

    private void AddCharts()
    {
        page.Append("<section aria-labelledby=\"charts-title\">\n<h2 id=\"charts-title\">Charts</h2>\n");
        if (report.Pictures.Count == 0)
        {
            page.Append("<p>This page was made without charts.</p>\n</section>\n");
            return;
        }

        page.Append("<div class=\"charts\">\n");
        foreach (var picture in report.Pictures)
        {
            page.Append(CultureInfo.InvariantCulture, $"<figure id=\"chart-{picture.Name}\">\n<div class=\"scroll\">{ReportSvg.Embed(picture.ToSvg(report.Recordings), picture.Name)}</div>\n<figcaption>{picture.Explanation}</figcaption>\n</figure>\n");
        }

        page.Append("</div>\n</section>\n");
    }

    private void AddGroups(ConnectionGroups groups, string name, string title, string what, string note)
    {
        var left = groups.Count - MaxGroups;
        var metrics = groups.By.IsOfFailures ? failures : figures;
        note += groups.WhatIsUncounted is { } uncounted ? $" {char.ToUpperInvariant(uncounted[0])}{uncounted[1..]}." : "";
        var table = new ReportTable(
            page, name, title, left <= 0 ? note : Invariant($"{note} The largest {MaxGroups:N0}; {left:N0} more are not shown."), [new(what, false), .. metrics.Select(metric => new ReportColumn(metric.Places.Title!))]);
        foreach (var (key, statistics) in groups.InOrder.Take(MaxGroups))
        {
            AddGroup(table, metrics, groups.By.Text(key), statistics);
        }

        if (groups.Others is { } others)
        {
            AddGroup(table, metrics, ConnectionGroups.OthersName, others);
        }

        table.End();
    }

    private void AddGroup(ReportTable table, Metric[] metrics, string name, ConnectionStatistics statistics)
    {
        var of = report.Summary.Of(statistics);
        table.Row(name);
        foreach (var metric in metrics)
        {
            table.Figure(metric.Of(of), metric.Unit);
        }

        table.EndRow();
    }

    private void AddConnections()
    {
        var shown = report.Longest;
        var ends = report.Summary.All.Ends;
        var note = Invariant($"{(ends > shown.Count ? $"The longest {shown.Count:N0} of" : "All")} {ends:N0} ends of connections. Times are seconds since {Origin()}.");
        var table = new ReportTable(
            page, "connections", "Connections", note, new("Process", false), new("PID"), new("Host", false), new("Role", false), new("Local end", false), new("Other end", false), new("Process there", false), new("Ending", false), new("Opened"), new("Lifetime"), new("Connect"), new("Sent"), new("Received"), new("Retransmits"), new("RTT"));
        foreach (var (connection, recording) in shown)
        {
            AddConnection(table, in connection, recording);
        }

        table.End();
    }

    private string Origin() => First is { } first && first.WallClock(first.Start) is { } wall ? $"{Readable(wall)} UTC" : "the capture begins";

    private void AddConnection(ReportTable table, in Connection connection, RecordedSpan recording)
    {
        Span<byte> ending = stackalloc byte[64];
        var opened = (double)(time.At(connection.Opened, recording) - time.At(First!.Start, First)) / 1e9;
        table.Row(new GroupKey { Comm = connection.Owner.Comm }.ProcessText)
            .Number(connection.Owner.Pid, connection.Owner.Pid.ToString(CultureInfo.InvariantCulture))
            .Text(recording.Host)
            .Text(connection.Role == ConnectionRole.Unknown ? "" : connection.Role.ToString().ToLowerInvariant())
            .Text(End(in connection.LocalAddress, connection.LocalPort, connection.IpVersion))
            .Text(End(in connection.PeerAddress, connection.PeerPort, connection.IpVersion))
            .Text(connection.IsJoined ? Invariant($"{new GroupKey { Comm = connection.PeerOwner.Comm }.ProcessText} ({connection.PeerOwner.Pid})") : "")
            .Text(Encoding.UTF8.GetString(ending[..EndingText.Write(ending, in connection)]))
            .Number(opened, opened.ToString("F6", CultureInfo.InvariantCulture))
            .Duration(connection.Lifetime);
        _ = connection.ConnectTime > 0 ? table.Duration(connection.ConnectTime) : table.Nothing();
        _ = connection.HasCounters
            ? table.Bytes(connection.PayloadSent).Bytes(connection.PayloadReceived).Count(connection.Retransmits).Duration(connection.SmoothedRtt * 1000UL)
            : table.Nothing().Nothing().Nothing().Nothing();
        table.EndRow();
    }

    private static string End(in Format.Events.Address address, ushort port, byte ipVersion) =>
        new GroupKey { Address = address, Port = port, IpVersion = ipVersion }.EndText;
}
