using System.Globalization;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Output.Html.Rows;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>The table of connections, one by one, as far as it is there without a script.</summary>
internal static class ConnectionRows
{
    /// <summary>As many rows there are.</summary>
    internal const int Most = 100;

    /// <summary>Writes the table: those that failed first, then those that were reset, the longest of each first.</summary>
    /// <param name="page">Where.</param>
    /// <param name="rows">All connections that the page holds.</param>
    /// <param name="time">Their time.</param>
    /// <param name="note">Which they are.</param>
    internal static void Add(StringBuilder page, IReadOnlyList<HeldRow> rows, RowTime time, string note)
    {
        var table = new ReportTable(
            page, "connections", "Connections", note, new("Opened"), new("Process", false), new("PID"), new("Host", false), new("Role", false), new("Local end", false), new("Other end", false), new("Process there", false), new("Ending", false), new("Lifetime"), new("Connect"), new("Sent"), new("Received"), new("Retransmits"), new("RTT"));
        foreach (var row in rows.OrderBy(row => RankOf(row.Connection.Ending)).ThenByDescending(row => row.Connection.Lifetime).Take(Most))
        {
            AddRow(table, in row.Connection, row.Recording, time);
        }

        table.End();
    }

    /// <summary>What is looked for first comes first.</summary>
    private static int RankOf(ConnectionEnding ending) => ending switch
    {
        ConnectionEnding.Failed => 0,
        ConnectionEnding.Reset => 1,
        _ => 2,
    };

    private static void AddRow(ReportTable table, in Connection connection, RecordedSpan recording, RowTime time)
    {
        Span<byte> ending = stackalloc byte[64];
        var context = ConnectionContext.Of(recording);
        var opened = time.At(connection.Opened, context) / 1e9;
        table.RowByNumber(opened, opened.ToString("F6", CultureInfo.InvariantCulture))
            .Text(new GroupKey { Comm = connection.Owner.Comm }.ProcessText)
            .Number(connection.Owner.Pid, connection.Owner.Pid.ToString(CultureInfo.InvariantCulture))
            .Text(context.HostOf(in connection))
            .Text(connection.Role == ConnectionRole.Unknown ? "" : ConnectionWords.Of(connection.Role))
            .Text(End(in connection.LocalAddress, connection.LocalPort, connection.IpVersion))
            .Text(End(in connection.PeerAddress, connection.PeerPort, connection.IpVersion))
            .Text(connection.IsJoined ? string.Create(CultureInfo.InvariantCulture, $"{new GroupKey { Comm = connection.PeerOwner.Comm }.ProcessText} ({connection.PeerOwner.Pid})") : "")
            .Text(Encoding.UTF8.GetString(ending[..EndingText.Write(ending, in connection)]))
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
