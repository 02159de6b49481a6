using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>Writes the page of a report, from top to bottom.</summary>
internal sealed class ReportPage(TrafficReport report, IReadOnlyList<RecordedSpan> recordings)
{
    private const int MaxGroups = 200;

    private readonly StringBuilder page = new();
    private readonly TimeLine time = new();
    private readonly string[] hosts = [.. recordings.Select(recording => recording.Host).Where(host => host.Length > 0).Distinct()];

    private RecordedSpan? First => recordings.MinBy(recording => time.At(recording.Start, recording));

    internal string Write(string selection)
    {
        ReportFrame.Begin(page, hosts.Length == 0 ? "TCP connections" : $"TCP connections of {string.Join(", ", hosts)}", Period(), selection);
        AddFigures();
        AddFindings();
        AddCharts();
        AddGroups(report.Summary.Groups, "processes", "Processes", "Process", "By the name of the thread that opened them.");
        AddGroups(report.Groups.Services, "services", "Services", "Service", "By the address and port that was connected to.");
        AddGroups(report.Groups.Peers, "peers", "Peers", "Peer", "By the address at the other end.");
        if (report.Summary.All.Failed > 0)
        {
            AddErrors();
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

        var last = recordings.MaxBy(recording => time.At(recording.End, recording))!;
        return first.WallClock(first.Start) is { } from && last.WallClock(last.End) is { } to
            ? $"Recorded from {Readable(from)} to {Readable(to)} UTC"
            : "Recorded at a time that is not known";
    }

    /// <summary>A time to the millisecond.</summary>
    private static string Readable(ulong wall) => WallTime.Format(wall)[..23].Replace('T', ' ');

    private void AddFigures()
    {
        page.Append("<section aria-labelledby=\"figures-title\">\n<h2 id=\"figures-title\">Figures</h2>\n<dl>\n");
        foreach (var (label, value) in TrafficSummaryText.Figures(report.Summary, recordings))
        {
            page.Append(CultureInfo.InvariantCulture, $"<div><dt>{label}</dt><dd>{Escape(value)}</dd></div>\n");
        }

        page.Append("</dl>\n</section>\n");
    }

    private void AddFindings()
    {
        page.Append("<section aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">What stands out</h2>\n");
        var findings = report.Summary.Findings(recordings);
        if (findings.Count == 0)
        {
            page.Append("<p>Nothing that the rules look for.</p>\n</section>\n");
            return;
        }

        page.Append("<ul class=\"findings\">\n");
        foreach (var finding in findings)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><strong>{finding.Rule}</strong> {Escape(finding.Text)} <small>Rule: {Escape(finding.Condition)}.</small></li>\n");
        }

        page.Append("</ul>\n</section>\n");
    }

    private void AddCharts()
    {
        page.Append("<section aria-labelledby=\"charts-title\">\n<h2 id=\"charts-title\">Charts</h2>\n<div class=\"charts\">\n");
        foreach (var chart in report.Charts)
        {
            page.Append(CultureInfo.InvariantCulture, $"<figure id=\"chart-{chart.Name}\">\n<div class=\"scroll\">{chart.ToSvg(recordings)}</div>\n<figcaption>{chart.Explanation}</figcaption>\n</figure>\n");
        }

        page.Append("</div>\n</section>\n");
    }

    private void AddGroups(ConnectionGroups groups, string name, string title, string what, string note)
    {
        var left = groups.Count - MaxGroups;
        var table = new ReportTable(
            page, name, title, left <= 0 ? note : Invariant($"{note} The largest {MaxGroups:N0}; {left:N0} more are not shown."), new(what, false), new("Ends"), new("Opened"), new("Accepted"), new("Failed"), new("Closed"), new("Reset"), new("Open"), new("p50"), new("p90"), new("p99"), new("Max"), new("Sent"), new("Received"), new("Retransmits"));
        foreach (var (key, statistics) in groups.InOrder.Take(MaxGroups))
        {
            AddGroup(table, groups.By.Text(key), statistics);
        }

        if (groups.Others is { } others)
        {
            AddGroup(table, "(smaller ones)", others);
        }

        table.End();
    }

    private static void AddGroup(ReportTable table, string name, ConnectionStatistics of)
    {
        var lifetimes = of.Lifetimes;
        table.Row(name).Count(of.Ends).Count(of.Opened).Count(of.Accepted).Count(of.Failed).Count(of.Closed).Count(of.Reset).Count(of.Open)
            .Duration(lifetimes.At(0.5)).Duration(lifetimes.At(0.9)).Duration(lifetimes.At(0.99)).Duration(lifetimes.Ended + lifetimes.Censored == 0 ? null : lifetimes.Max)
            .Bytes(of.PayloadSent).Bytes(of.PayloadReceived).Count((long)of.Retransmits).EndRow();
    }

    private void AddErrors()
    {
        var errors = report.Groups.Errors;
        var table = new ReportTable(page, "errors", "Failed connects", "By the reason.", new("Error", false), new("Failed"));
        foreach (var (key, statistics) in errors.InOrder)
        {
            table.Row(errors.By.Text(key)).Count(statistics.Failed).EndRow();
        }

        table.End();
    }

    private void AddConnections()
    {
        var shown = report.Longest();
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
        _ = connection.HasCloser
            ? table.Bytes(connection.PayloadSent).Bytes(connection.PayloadReceived).Count(connection.Retransmits).Duration(connection.SmoothedRtt * 1000UL)
            : table.Nothing().Nothing().Nothing().Nothing();
        table.EndRow();
    }

    private static string End(in Format.Events.Address address, ushort port, byte ipVersion) =>
        new GroupKey { Address = address, Port = port, IpVersion = ipVersion }.EndText;
}
