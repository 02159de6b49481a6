using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Tracecap.Otlp;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Exports.Otlp;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Tests.Otlp;

/// <summary>What a server is sent is what <c>lifetimes --json</c> has, and it is sent until it is taken.</summary>
public sealed class OtlpTests
{
    public static TheoryData<string> Samples => ["traffic", "nginx", "lossy", "incident", "tcptracer-example"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Each_connection_is_a_log_record_with_its_fields(string sample)
    {
        var file = ConnectionExport.Sample(sample);
        using var receiver = new LogReceiver();
        Send(receiver, null, file);
        var records = Records(receiver).Where(record => record.Record.EventName == "tracecap.connection").ToArray();
        var lines = ConnectionExport.Json(null, file);
        Assert.Equal(lines.Count, records.Length);
        foreach (var (line, (resource, record)) in lines.Zip(records))
        {
            Assert.Equal(Text(line, "host.name"), resource.GetValueOrDefault("host.name") ?? "");
            Assert.Equal(("tracecap", "linux"), (resource["service.name"], resource["os.type"]));
            var attributes = Attributes(record.Attributes);
            Assert.Equal("tcp", attributes["network.transport"]);
            foreach (var property in line.EnumerateObject().Where(property => attributes.ContainsKey(property.Name)))
            {
                Assert.Equal(property.Value.ToString(), attributes[property.Name]);
            }

            Assert.Empty(line.EnumerateObject().Where(property => property.Value.ToString() != "0").Select(property => property.Name)
                .Except(attributes.Keys).Except(["host.name", "closed.container.pid", "closed.user.id", "peer.container.pid", "peer.user.id", .. line.EnumerateObject().Select(property => property.Name).Where(name => name.EndsWith(".bytes", StringComparison.Ordinal))]));
            Assert.Equal(Nanoseconds(Text(line, "ended.time")), record.TimeUnixNano);
            Assert.Equal(Text(line, "ending") is "failed" or "reset" ? (13, "WARN") : (9, "INFO"), (record.SeverityNumber, record.SeverityText));
            Assert.NotEmpty(record.Body.StringValue);
        }
    }

    [Fact]
    public void Requests_are_posted_to_the_path_of_logs_packed_with_the_headers_of_the_environment()
    {
        using var receiver = new LogReceiver();
        Send(receiver, null, ConnectionExport.Sample("traffic"), environment: new() { ["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=a%20b, x-two = 2" });
        var request = Assert.Single(receiver.Requests);
        Assert.Equal("POST /v1/logs HTTP/1.1", request.Line);
        Assert.Equal(("application/x-protobuf", "gzip"), (request.Headers["Content-Type"], request.Headers["Content-Encoding"]));
        Assert.Equal(("a b", "2"), (request.Headers["api-key"], request.Headers["x-two"]));
    }

    [Fact]
    public void Nothing_is_packed_if_the_environment_says_so()
    {
        using var receiver = new LogReceiver();
        Send(receiver, null, ConnectionExport.Sample("traffic"), environment: new() { ["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip", ["OTEL_EXPORTER_OTLP_LOGS_COMPRESSION"] = "none" });
        Assert.DoesNotContain("Content-Encoding", Assert.Single(receiver.Requests).Headers.Keys);
        Assert.NotEmpty(Records(receiver));
    }

    [Fact]
    public void What_was_lost_is_told()
    {
        var file = ConnectionExport.Sample("lossy");
        using var receiver = new LogReceiver();
        var recording = Send(receiver, null, file).Single();
        var losses = Records(receiver).Where(record => record.Record.EventName == "tracecap.loss").Select(record => Attributes(record.Record.Attributes)).ToArray();
        Assert.NotEmpty(losses);
        Assert.Equal(recording.Losses.Select(loss => $"{loss.LossCounters.Lost} {loss.LossCounters.RingFull}"), losses.Select(loss => $"{loss["lost"]} {loss["ring_full"]}"));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public void What_may_pass_is_tried_again_after_as_long_as_the_server_asks_for(int status)
    {
        using var receiver = new LogReceiver(number => number < 3 ? new Answer(status, [], "Retry-After: 7") : Answer.Ok);
        var waits = new List<TimeSpan>();
        Send(receiver, null, ConnectionExport.Sample("traffic"), waits.Add);
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(7), 3), waits);
        Assert.Equal(4, receiver.Requests.Count);
        Assert.All(receiver.Requests, request => Assert.Equal(receiver.Requests[0].Body, request.Body));
    }

    [Fact]
    public void Without_being_told_it_waits_longer_each_time_and_gives_up_in_the_end()
    {
        using var receiver = new LogReceiver(_ => new Answer(503, []));
        var waits = new List<TimeSpan>();
        var error = Assert.Throws<IOException>(() => Send(receiver, null, ConnectionExport.Sample("traffic"), waits.Add));
        Assert.InRange(waits[0], TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        Assert.InRange(waits[3], TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8));
        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Assert.InRange(waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        Assert.Matches(@"^http://127\.0\.0\.1:\d+/v1/logs: the server answered 503 \(Said\); tried \d+ times, and given up; 0 log records were delivered before$", error.Message);
    }

    [Fact]
    public void A_connection_that_is_cut_is_tried_again()
    {
        using var receiver = new LogReceiver(number => number == 0 ? null : Answer.Ok);
        var waits = new List<TimeSpan>();
        Send(receiver, null, ConnectionExport.Sample("traffic"), waits.Add);
        Assert.Single(waits);
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public void Where_nobody_has_ever_answered_it_gives_up_soon()
    {
        var receiver = new LogReceiver();
        receiver.Dispose();
        var waited = TimeSpan.Zero;
        using var exporter = new OtlpExporter(Parse(receiver.Url), ConnectionFields.Set.All, wait => waited += wait);
        var error = Assert.Throws<IOException>(() => ConnectionExport.To(exporter, null, ConnectionExport.Sample("tcptracer-example")));
        Assert.InRange(waited, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(15));
        Assert.Contains("Connection refused; tried ", error.Message);
    }

    [Fact]
    public void What_will_not_pass_is_an_error_with_what_the_server_says_of_it()
    {
        using var receiver = new LogReceiver(_ => new Answer(400, new Status { Code = 3, Message = "too old\n" }.ToByteArray(), "Content-Type: application/x-protobuf"));
        var error = Assert.Throws<IOException>(() => Send(receiver, null, ConnectionExport.Sample("traffic")));
        Assert.Contains(@"the server answered 400 (Said): too old\u000a; 0 log records were delivered before", error.Message);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public void Another_address_that_the_server_names_does_not_get_the_headers()
    {
        using var other = new LogReceiver();
        using var receiver = new LogReceiver(_ => new Answer(307, [], $"Location: {other.Url}/v1/logs"));
        Assert.Throws<IOException>(() => Send(receiver, null, ConnectionExport.Sample("traffic")));
        Assert.Empty(other.Requests);
    }

    [Fact]
    public void Records_that_the_server_refuses_are_an_error_once_all_are_sent()
    {
        var partial = new ExportLogsServiceResponse { PartialSuccess = new ExportLogsPartialSuccess { RejectedLogRecords = 3, ErrorMessage = "no time" } };
        using var receiver = new LogReceiver(_ => new Answer(200, partial.ToByteArray(), "Content-Type: application/x-protobuf"));
        var error = Assert.Throws<IOException>(() => Send(receiver, null, ConnectionExport.Sample("nginx")));
        var records = Records(receiver).Count;
        Assert.InRange(receiver.Requests.Count, 2, 100);
        Assert.EndsWith(FormattableString.Invariant($"/v1/logs: the server refused {3 * receiver.Requests.Count:N0} of {records:N0} log records: no time"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_hosts_are_several_resources()
    {
        using var receiver = new LogReceiver();
        var connections = new[] { Ends.Client("a", "10.0.0.2", 80, 1_000, 5), Ends.Client("b", "10.0.0.2", 80, 1_000, 5) };
        using var exporter = Exporter(receiver);
        using var pipeline = new ConnectionPipeline(exporter);
        foreach (var host in new[] { "one", "two", "one" })
        {
            pipeline.Take(connections, new RecordedSpan { Host = host, Start = 0, End = 10_000 });
        }

        pipeline.End();
        Assert.Equal(["one", "one", "two", "two", "one", "one"], Records(receiver).Select(record => record.Resource["host.name"]));
    }

    [Fact]
    public void Names_are_text_whatever_they_are()
    {
        using var receiver = new LogReceiver();
        var connection = Ends.Client("a", "10.0.0.2", 80, 1_000, 5);
        connection.Opener.Comm = new ThreadName(Encoding.Latin1.GetBytes("\xff\x1b[31m\""));
        using var exporter = Exporter(receiver);
        using var pipeline = new ConnectionPipeline(exporter);
        pipeline.Take([connection], Ends.Recording);
        pipeline.End();
        var (_, record) = Assert.Single(Records(receiver));
        Assert.Equal("\ufffd\u001b[31m\"", Attributes(record.Attributes)["thread.name"]);
        Assert.StartsWith("\ufffd\\u001b[31m\" (1) to 10.0.0.2:80: closed after ", record.Body.StringValue, StringComparison.Ordinal);
        // A time of day that is not known is 0, and not the start of the host.
        Assert.Equal(0ul, record.TimeUnixNano);
        Assert.NotEqual(0ul, record.ObservedTimeUnixNano);
    }

    [Theory]
    [InlineData("http://localhost:4318", "http://localhost:4318/v1/logs")]
    [InlineData("https://collector.example/otlp/", "https://collector.example/otlp/v1/logs")]
    [InlineData("https://collector.example/otlp/v1/logs", "https://collector.example/otlp/v1/logs")]
    public void The_path_of_logs_is_added_unless_it_is_there(string text, string url) => Assert.Equal(url, Parse(text).Url.AbsoluteUri);

    [Theory]
    [InlineData("localhost:4318")]
    [InlineData("ftp://localhost")]
    [InlineData("run.tcap")]
    public void What_is_no_url_is_said(string text) => Assert.Contains("expected a URL such as", Assert.Throws<FormatException>(() => Parse(text)).Message);

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "secret")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "a b=secret")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a=secret%0d%0ab: 2")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "secret")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "0")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")]
    public void A_variable_that_says_what_cannot_be_is_named_but_no_secret_told(string name, string value)
    {
        var error = Assert.Throws<FormatException>(() => Parse("http://localhost", new() { [name] = value })).Message;
        Assert.Contains(name, error);
        Assert.False(name.EndsWith("HEADERS", StringComparison.Ordinal) && error.Contains("secret", StringComparison.Ordinal), error);
    }

    [Fact]
    public void Messages_name_the_endpoint_without_its_password() => Assert.Equal("http://localhost:4318/v1/logs", Parse("http://me:secret@localhost:4318/?key=secret").Name);

    /// <summary>The messages are those of OpenTelemetry, as its own files have them.</summary>
    [Fact]
    public void Protoc_decodes_it_by_the_official_files()
    {
        var folder = Repository.File("tests/otlp/protos");
        Assert.SkipUnless(Directory.Exists(folder), "no official files of OTLP; tests/otlp/otlpprotos fetches them");
        using var receiver = new LogReceiver();
        Send(receiver, null, ConnectionExport.Sample("traffic"));
        var text = ConnectionExport.Run(
            "protoc", receiver.Requests.Single().Body, "--decode=opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest", $"--proto_path={folder}", "opentelemetry/proto/collector/logs/v1/logs_service.proto");
        // The name of an event is younger than these files.
        Assert.All(text.Split('\n').Where(line => line.TrimStart() is [>= '0' and <= '9', ..]), line => Assert.Equal("12: \"tracecap.connection\"", line.Trim()));
        Assert.Equal(Records(receiver).Count, text.Split('\n').Count(line => line.Trim() == "log_records {"));
        Assert.Contains("key: \"network.peer.address\"", text);
    }

    private static OtlpEndpoint Parse(string url, Dictionary<string, string>? environment = null) => OtlpEndpoint.Parse(url, name => environment?.GetValueOrDefault(name));

    private static OtlpExporter Exporter(LogReceiver receiver, Action<TimeSpan>? wait = null, Dictionary<string, string>? environment = null) =>
        new(Parse(receiver.Url, environment), ConnectionFields.Set.All, wait ?? (_ => Assert.Fail("nothing is to wait for")));

    private static IReadOnlyList<RecordedSpan> Send(
        LogReceiver receiver, ConnectionFilter? filter, byte[] capture, Action<TimeSpan>? wait = null, Dictionary<string, string>? environment = null)
    {
        using var exporter = Exporter(receiver, wait, environment);
        return ConnectionExport.To(exporter, filter, capture);
    }

    private static List<(Dictionary<string, string> Resource, LogRecord Record)> Records(LogReceiver receiver) =>
        [.. receiver.Requests.SelectMany(request => ExportLogsServiceRequest.Parser.ParseFrom(request.Body).ResourceLogs)
            .SelectMany(logs => logs.ScopeLogs.SelectMany(scope => scope.LogRecords), (logs, record) => (Attributes(logs.Resource.Attributes), record))];

    private static Dictionary<string, string> Attributes(IEnumerable<KeyValue> attributes) => attributes.ToDictionary(one => one.Key, one => one.Value.ValueCase switch
    {
        AnyValue.ValueOneofCase.BoolValue => one.Value.BoolValue.ToString(),
        AnyValue.ValueOneofCase.IntValue => one.Value.IntValue.ToString(CultureInfo.InvariantCulture),
        _ => one.Value.StringValue,
    });

    /// <summary>0 is what OTLP has for a time that is not known, as of a capture without clocks.</summary>
    private static ulong Nanoseconds(string time)
    {
        if (time.Length == 0)
        {
            return 0;
        }

        var seconds = DateTimeOffset.Parse(time[..19] + "Z", CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        return ((ulong)seconds * 1_000_000_000) + ulong.Parse(time[20..29], CultureInfo.InvariantCulture);
    }

    private static string Text(JsonElement line, string property) => line.TryGetProperty(property, out var value) ? value.ToString() : "";
}
