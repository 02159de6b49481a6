using System.Globalization;
using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Html.Rows;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>Writes the page of a report, from top to bottom.</summary>
internal sealed class ReportPage(ReportContent report, FindingCommand command)
{
    /// <summary>A page holds no more connections than keep it below that, unless a number is asked for.</summary>
    internal const int UsualBytes = 5 << 20;

    /// <summary>And no more than these.</summary>
    internal const int UsualRows = 120_000;

    private const int SmallPart = 10_000;

    private readonly StringBuilder page = new();
    private readonly RowTime time = new(report.Recordings);
    private readonly string[] hosts = [.. report.Recordings.SelectMany(HostsOf).Where(host => host.Length > 0).Distinct()];

    private IReadOnlyList<(Finding Finding, IReadOnlyList<Finding> Alike)> findings = [];

    internal string Write(string selection)
    {
        (findings, var left) = FindingList.ForPeople(report.Summary.Findings);
        ReportFrame.Begin(page, PageScript.Explorer, hosts.Length == 0 ? "TCP connections" : $"TCP connections of {string.Join(", ", hosts)}", Period(), selection);
        page.Append(CultureInfo.InvariantCulture, $"<div id=\"selection\" data-command=\"{ReportTable.Escape(command.Start)}\" hidden></div>\n");
        FindingItems.Add(page, findings, left, command);
        FigureCards.Add(page, report.Summary.Figures);
        page.Append("<section aria-labelledby=\"charts-title\">\n<h2 id=\"charts-title\">Charts</h2>\n<div id=\"charts\" hidden></div>\n");
        StillCharts.Add(page, report.Pictures, report.Recordings);
        page.Append("</section>\n");
        List<Grouping> groupings = [report.Summary.Groups.By];
        GroupTables.Add(page, report.Summary.Groups, report.Summary);
        foreach (var groups in report.Groups.Telling)
        {
            groupings.Add(groups.By);
            GroupTables.Add(page, groups, report.Summary);
        }

        AddConnections(groupings);
        ReportFrame.End(page, PageScript.Explorer);
        return page.ToString();
    }

    // Some of the connections are there as rows as well.
    private int Room => UsualBytes - (page.Length + PageScript.Explorer.Text.Length + (64 << 10));

    private static IEnumerable<string> HostsOf(RecordedSpan recording) =>
        recording.Hosts.Count == 0 ? [recording.Host] : recording.Hosts.Select(host => host.Host);

    private string Period()
    {
        if (report.Recordings.Count == 0)
        {
            return "Nothing was recorded";
        }

        return time.Wall is { } from
            ? $"Recorded from {Readable(from)} to {Readable(from + Math.Min(time.Length, ulong.MaxValue - from))} UTC, {DurationText.Of(time.Length)}"
            : $"Recorded at a time that is not known, {DurationText.Of(time.Length)}";
    }

    /// <summary>A time to the millisecond.</summary>
    private static string Readable(ulong wall) => WallTime.Format(wall)[..23].Replace('T', ' ');

    /// <summary>Writes the connections: some as rows, all that there is room for as what the script reads.</summary>
    private void AddConnections(List<Grouping> groupings)
    {
        var count = report.MostRows ?? UsualRows;
        var (held, important, sampled) = report.Rows.Best(count);
        if (report.MostRows is null && held.Count > SmallPart)
        {
            // So many bytes a row takes, as a part tells.
            var bytes = (double)Pack(held.Take(SmallPart).ToArray(), important, sampled, groupings).Length / SmallPart;
            (held, important, sampled) = report.Rows.Best(Math.Max(SmallPart, (int)(Room / bytes)));
        }

        var packed = Pack(held, important, sampled, groupings);
        while (report.MostRows is null && packed.Length > Room && held.Count > ConnectionRows.Most)
        {
            (held, important, sampled) = report.Rows.Best(Math.Max(ConnectionRows.Most, (int)(held.Count * 0.97 * Math.Max(0, Room) / packed.Length)));
            packed = Pack(held, important, sampled, groupings);
        }

        ConnectionRows.Add(page, held, time, Note(held.Count, important, sampled));
        page.Append("<script id=\"held\" type=\"application/octet-stream\">").Append(packed).Append("</script>\n");
    }

    private string Note(int held, RowStratum important, RowStratum sampled)
    {
        var total = important.Total + sampled.Total;
        var which = held == total ? Invariant($"All {total:N0} ends of connections")
            : important.Held < important.Total ? Invariant($"{held:N0} of {total:N0} ends of connections, chosen by chance: {important.Held:N0} of {important.Total:N0} that failed, that a finding names, or that lived longest, and {sampled.Held:N0} of the others; --rows holds more")
            : Invariant($"{held:N0} of {total:N0} ends of connections: {important.Held:N0} that failed, that a finding names, or that lived longest, and {sampled.Held:N0} of the others, chosen by chance; --rows holds more");
        var origin = time.Wall is { } wall ? $"{Readable(wall)} UTC" : "the capture begins";
        return Invariant($"{which}. Times are seconds since {origin}.{(held > ConnectionRows.Most ? $" Without a script the first {ConnectionRows.Most:N0} are here." : "")}");
    }

    private string Pack(IReadOnlyList<HeldRow> held, RowStratum important, RowStratum sampled, List<Grouping> groupings) =>
        PackedRows.Pack(held, time, groupings, [.. findings.Select(one => one.Finding)], json =>
        {
            if (time.Wall is { } wall)
            {
                // More digits than a number of a script has.
                json.WriteString("wall_ns", wall.ToString(CultureInfo.InvariantCulture));
            }

            json.WriteNumber("length", time.Length);
            json.WriteBoolean("doubts", report.Summary.Figures.Doubts.Reasons.Count > 0);
            WriteTimes(json, "losses", time.Losses);
            WriteTimes(json, "pauses", time.Pauses);
            json.WriteNumber("weight", important.Weight);
            json.WriteNumber("sampledWeight", sampled.Weight);
            json.WriteNumber("total", important.Total + sampled.Total);
            json.WriteNumber("hosts", hosts.Length);
            json.WriteStartArray("endings");
            foreach (var ending in Ending.All.OrderBy(one => one.Value))
            {
                json.WriteStringValue(ending.Word);
            }

            json.WriteEndArray();
            json.WriteStartArray("tables");
            foreach (var by in groupings)
            {
                json.WriteStringValue($"by-{GroupTables.IdOf(by)}");
            }

            json.WriteEndArray();
        });

    private static void WriteTimes(Utf8JsonWriter json, string name, IReadOnlyList<(ulong From, ulong To)> times)
    {
        json.WriteStartArray(name);
        foreach (var (from, to) in times)
        {
            json.WriteStartArray();
            json.WriteNumberValue(from);
            json.WriteNumberValue(to);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
