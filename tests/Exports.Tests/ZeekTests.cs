using System.Globalization;
using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Dialects;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Tests;

/// <summary>Zeek's conn.log, read by the rules that its header states, and the Elastic Common Schema.</summary>
public sealed class ZeekTests
{
    [Theory]
    [InlineData("traffic")]
    [InlineData("nginx")]
    [InlineData("incident")]
    public void A_reader_that_goes_by_the_header_finds_the_connections(string sample)
    {
        var log = ZeekLog.Read(Text("zeek", "tsv", ExportKinds.Connections, sample));
        Assert.Equal("conn", log.Path);
        var rows = Sockets(sample);
        Assert.Equal(rows.Count, log.Rows.Count);
        Assert.Equal(rows.Count, log.Rows.Select(row => row["uid"]).Distinct().Count());
        foreach (var (row, json) in log.Rows.Zip(rows))
        {
            var isService = json["service"] == Endpoint(json, "local");
            var (orig, resp) = isService ? ("peer", "local") : ("local", "peer");
            Assert.Equal(Plain(json[$"network_{orig}_address"]), row["id.orig_h"]);
            Assert.Equal(json[$"network_{orig}_port"], row["id.orig_p"]);
            Assert.Equal(Plain(json[$"network_{resp}_address"]), row["id.resp_h"]);
            Assert.Equal(json[$"network_{resp}_port"], row["id.resp_p"]);
            Assert.Equal(json.GetValueOrDefault(isService ? "received" : "sent"), row["orig_bytes"]);
            Assert.Equal(json.GetValueOrDefault(isService ? "sent" : "received"), row["resp_bytes"]);
            Assert.Equal(json["opened_time"][..^3], row["ts"]!.Replace(".", "", StringComparison.Ordinal));
            Assert.Equal("tcp", row["proto"]);
            Assert.Null(row["history"]);
        }
    }

    [Fact]
    public void Its_JSON_has_the_same()
    {
        var log = ZeekLog.Read(Text("zeek", "tsv", ExportKinds.Connections, "traffic"));
        var lines = Text("zeek", "ndjson", ExportKinds.Connections, "traffic").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(log.Rows.Count, lines.Length);
        foreach (var (row, line) in log.Rows.Zip(lines))
        {
            var json = JsonDocument.Parse(line).RootElement.EnumerateObject().ToDictionary(
                one => one.Name, one => one.Value.ValueKind switch { JsonValueKind.True => "T", JsonValueKind.False => "F", JsonValueKind.String => one.Value.GetString(), _ => one.Value.GetRawText() });
            Assert.Equal(row.Where(cell => cell.Value is not null).OrderBy(cell => cell.Key), json.Select(cell => KeyValuePair.Create(cell.Key, cell.Value)).OrderBy(cell => cell.Key));
        }
    }

    /// <summary>docs.zeek.org, conn_state: who reset, who refused, what is not over.</summary>
    [Theory]
    [InlineData(ConnectionEnding.Closed, TcpEnd.Closed, ConnectionRole.Client, "SF")]
    [InlineData(ConnectionEnding.Closed, TcpEnd.Unknown, ConnectionRole.Server, "SF")]
    [InlineData(ConnectionEnding.Closed, TcpEnd.HalfClosed, ConnectionRole.Client, "S2")]
    [InlineData(ConnectionEnding.Closed, TcpEnd.HalfClosed, ConnectionRole.Server, "S3")]
    [InlineData(ConnectionEnding.Reset, TcpEnd.ResetSent, ConnectionRole.Client, "RSTO")]
    [InlineData(ConnectionEnding.Reset, TcpEnd.ResetReceived, ConnectionRole.Client, "RSTR")]
    [InlineData(ConnectionEnding.Reset, TcpEnd.ResetSent, ConnectionRole.Server, "RSTR")]
    [InlineData(ConnectionEnding.Reset, TcpEnd.ResetReceived, ConnectionRole.Server, "RSTO")]
    [InlineData(ConnectionEnding.Reset, TcpEnd.TimedOut, ConnectionRole.Server, "S1")]
    [InlineData(ConnectionEnding.Open, TcpEnd.Unknown, ConnectionRole.Client, "S1")]
    [InlineData(ConnectionEnding.Unseen, TcpEnd.Unknown, ConnectionRole.Client, "OTH")]
    public void States_are_said_of_originator_and_responder(ConnectionEnding ending, TcpEnd end, ConnectionRole role, string expected) =>
        Assert.Equal(expected, ZeekFields.StateOf(new Connection { Ending = ending, EndedBy = end, Role = role }));

    [Fact]
    public void A_refused_connect_is_rejected_and_one_without_an_answer_is_an_attempt()
    {
        Assert.Equal("REJ", ZeekFields.StateOf(new Connection { Ending = ConnectionEnding.Failed, Error = 111 }));
        Assert.Equal("S0", ZeekFields.StateOf(new Connection { Ending = ConnectionEnding.Failed, Error = 110 }));
        Assert.Equal("OTH", ZeekFields.StateOf(new Connection { Ending = ConnectionEnding.Closed, IsPreexisting = true }));
    }

    [Fact]
    public void Elastic_names_have_source_and_destination()
    {
        var lines = Text("ecs", "ndjson", ExportKinds.Connections, "traffic").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var rows = Exported.Rows(ExportKinds.Connections, "traffic");
        Assert.Equal(rows.Count, lines.Length);
        foreach (var (line, row) in lines.Zip(rows))
        {
            var isService = row["service"] == Endpoint(row, "local");
            Assert.Equal(row[isService ? "network_local_port" : "network_peer_port"], line.GetProperty("destination.port").GetRawText());
            Assert.Equal(Plain(row[isService ? "network_peer_address" : "network_local_address"]), line.GetProperty("source.ip").GetString());
            Assert.Equal(row["ending"], line.GetProperty("event.action").GetString());
            Assert.Equal(row["lifetime_ns"], line.GetProperty("event.duration").GetRawText());
            Assert.Equal(row["ended_time"], Exported.Nanoseconds(line.GetProperty("@timestamp").GetString()!).ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal(Exported.Rows(ExportKinds.Events, "traffic").Count, Text("ecs", "tsv", ExportKinds.Events, "traffic").Count(letter => letter == '\n') - 1);
    }

    [Fact]
    public void What_a_dialect_does_not_have_is_not_made()
    {
        var parquet = ExportFormats.All.First(format => format.Name == "parquet");
        Assert.All(Dialect.All, dialect => Assert.Null(dialect.Create(Stream.Null, parquet, ExportKinds.Connections)));
        Assert.Null(Dialect.All.Single(dialect => dialect.Name == "zeek").Create(Stream.Null, ExportFormats.All[0], ExportKinds.Events));
    }

    private static string Text(string dialect, string format, ExportKinds kind, string sample)
    {
        using var output = new MemoryStream();
        var options = new ExportOptions();
        Exported.Run(
            Dialect.All.Single(one => one.Name == dialect).Create(output, ExportFormats.All.First(one => one.Name == format), kind)!, kind, options.Source, sample);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>The rows of JSON, without the second of two for one connection within the host.</summary>
    private static List<Dictionary<string, string>> Sockets(string sample)
    {
        var sink = new SecondEnds();
        using var file = SampleCaptures.Open(sample);
        ConnectionFeed.ReadAll(file, sink);
        return [.. Exported.Rows(ExportKinds.Connections, sample).Where((_, row) => !sink.Are[row])];
    }

    private static string Endpoint(Dictionary<string, string> row, string end)
    {
        var address = Plain(row[$"network_{end}_address"]);
        return address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{row[$"network_{end}_port"]}" : $"{address}:{row[$"network_{end}_port"]}";
    }

    private static string Plain(string address) => address.StartsWith("::ffff:", StringComparison.Ordinal) ? address[7..] : address;

    private sealed class SecondEnds : IConnectionSink
    {
        internal List<bool> Are { get; } = [];

        public void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
        {
            foreach (ref readonly var one in connections)
            {
                Are.Add(one.IsSecondEnd);
            }
        }
    }

    /// <summary>A log as Zeek's documents describe it (Ascii writer and reader): separators, names and types are those that its header states.</summary>
    private sealed record ZeekLog(string Path, IReadOnlyList<Dictionary<string, string?>> Rows)
    {
        internal static ZeekLog Read(string text)
        {
            var (separator, unset, path) = ('\t', "", "");
            string[] fields = [], types = [];
            var rows = new List<Dictionary<string, string?>>();
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!line.StartsWith('#'))
                {
                    var cells = line.Split(separator);
                    Assert.Equal(fields.Length, cells.Length);
                    Assert.All(types.Zip(cells.Where(_ => true)), pair => Check(pair.First, pair.Second, unset));
                    rows.Add(fields.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second == unset ? null : pair.Second));
                    continue;
                }

                if (line.StartsWith("#separator ", StringComparison.Ordinal))
                {
                    separator = (char)Convert.ToInt32(line["#separator \\x".Length..], 16);
                    continue;
                }

                var words = line.Split(separator);
                (unset, path) = words[0] switch { "#unset_field" => (words[1], path), "#path" => (unset, words[1]), _ => (unset, path) };
                (fields, types) = words[0] switch { "#fields" => (words[1..], types), "#types" => (fields, words[1..]), _ => (fields, types) };
            }

            Assert.Equal(fields.Length, types.Length);
            return new ZeekLog(path, rows);
        }

        private static void Check(string type, string value, string unset) => Assert.True(
            value == unset || type switch
            {
                "time" or "interval" => decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _),
                "addr" => System.Net.IPAddress.TryParse(value, out _),
                "port" => ushort.TryParse(value, CultureInfo.InvariantCulture, out _),
                "count" => ulong.TryParse(value, CultureInfo.InvariantCulture, out _),
                "bool" => value is "T" or "F",
                "string" or "enum" or "set[string]" => true,
                _ => false,
            },
            $"{value} is no {type}");
    }
}
