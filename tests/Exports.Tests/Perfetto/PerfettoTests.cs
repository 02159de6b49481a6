using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Exports.Perfetto;
using TraceCap.Format.Events;

namespace TraceCap.Exports.Tests.Perfetto;

/// <summary>Traces have what <c>lifetimes --json</c> has, in the shape that Perfetto reads.</summary>
public sealed class PerfettoTests
{
    public static TheoryData<string> Samples => ["traffic", "nginx", "lossy", "incident", "tcptracer-example"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Each_connection_is_a_slice_and_each_failure_an_instant(string sample)
    {
        var file = ConnectionExport.Sample(sample);
        var trace = Read(null, file);
        var connections = trace.On("connections").ToDictionary(Key, slice => slice);
        var failures = trace.Instants.Where(instant => trace.Tracks[instant.Track].Name == "failed connects").ToDictionary(Key, instant => instant);
        var lines = ConnectionExport.Json(null, file);
        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var key = (Text(line, "opened.monotonic_ns"), Text(line, "connection.id"), Text(line, "network.local.port"));
            var isFailed = Text(line, "ending") == "failed";
            var slice = (isFailed ? failures : connections)[key];
            Assert.Equal(Text(line, isFailed ? "ended.monotonic_ns" : "opened.monotonic_ns"), $"{slice.Begin}");
            Assert.Equal(isFailed || Text(line, "ending") == "open" ? null : Text(line, "ended.monotonic_ns"), slice.End?.ToString());
            Assert.Equal(Text(line, "ending"), slice.Category);
            foreach (var property in line.EnumerateObject().Where(property => slice.Arguments.ContainsKey(property.Name)))
            {
                Assert.Equal(property.Value.ToString(), slice.Arguments[property.Name].ToString());
            }

            // Of what JSON has nothing is missing.
            Assert.Empty(line.EnumerateObject().Where(property => property.Value.ToString() != "0").Select(property => property.Name)
                .Except(slice.Arguments.Keys).Except(["linux.cgroup.path", "closed.container.pid", "closed.user.id", "peer.container.pid", "peer.user.id", .. line.EnumerateObject().Select(property => property.Name).Where(name => name.EndsWith(".bytes", StringComparison.Ordinal))]));
        }

        Assert.Equal(lines.Count, connections.Count + failures.Count);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Slices_stand_on_as_few_tracks_as_there_are_at_once_below_their_process(string sample)
    {
        var trace = Read(null, ConnectionExport.Sample(sample));
        foreach (var process in trace.On("connections").GroupBy(slice => trace.Tracks[slice.Track].ParentUuid))
        {
            var times = process.SelectMany(slice => new[] { (Time: slice.Begin, Change: 1), (Time: slice.End ?? ulong.MaxValue, Change: -1) });
            var (now, most) = (0, 0);
            foreach (var (_, change) in times.OrderBy(one => one.Time).ThenBy(one => one.Change))
            {
                now += change;
                most = Math.Max(most, now);
            }

            // A slice without length takes a track as well.
            Assert.InRange(process.Select(slice => slice.Track).Distinct().Count(), 1, Math.Max(1, most) + process.Count(slice => slice.Begin == slice.End));
            var descriptor = trace.Tracks[process.Key].Process;
            Assert.All(process, slice => Assert.Equal(slice.Arguments.TryGetValue("process.pid", out var pid) ? Convert.ToInt32(pid, null) : 0, descriptor?.Pid ?? 0));
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Counters_count_what_is_active_opened_ended_and_failed(string sample)
    {
        var file = ConnectionExport.Sample(sample);
        var trace = Read(null, file);
        var recording = ConnectionExport.To(new PerfettoExporter(Stream.Null, []), null, file).Single();
        var lines = ConnectionExport.Json(null, file).Select(line => (
            Opened: ulong.Parse(Text(line, "opened.monotonic_ns")), Ended: ulong.Parse(Text(line, "ended.monotonic_ns")), Ending: Text(line, "ending"), IsOlder: Text(line, "preexisting") == "True")).ToArray();
        var real = lines.Where(line => line.Ending != "failed").ToArray();
        var values = trace.Counter("active connections");
        Assert.NotEmpty(values);
        foreach (var (time, value) in values)
        {
            Assert.Equal(real.Count(line => line.Opened <= time && (line.Ending == "open" || line.Ended > time)), value);
        }

        Check("opened per second", real.Where(line => !line.IsOlder).Select(line => line.Opened));
        Check("ended per second", real.Where(line => line.Ending != "open").Select(line => line.Ended));
        Check("failed per second", lines.Where(line => line.Ending == "failed").Select(line => line.Ended));

        void Check(string name, IEnumerable<ulong> times)
        {
            var expected = times.GroupBy(time => (time - recording.Start) / 1_000_000_000).ToDictionary(second => second.Key, second => (long)second.Count());
            var counted = trace.Counter(name);
            Assert.Equal(counted.Select(one => one.Time).Distinct(), counted.Select(one => one.Time));
            var seconds = counted.Zip(counted.Skip(1).Append((Time: ulong.MaxValue, Value: 0)), (one, next) => (one.Value, From: (one.Time - recording.Start) / 1_000_000_000, Next: next.Time));
            foreach (var (value, from, next) in seconds)
            {
                var to = next == ulong.MaxValue ? from + 1 : (next - recording.Start) / 1_000_000_000;
                for (var second = from; second < to; second++)
                {
                    Assert.Equal(expected.GetValueOrDefault(second), value);
                    expected.Remove(second);
                }
            }

            Assert.Empty(expected);
        }
    }

    [Fact]
    public void Clocks_are_those_of_the_capture()
    {
        var file = ConnectionExport.Sample("traffic");
        var trace = Read(null, file);
        var anchors = ConnectionExport.To(new PerfettoExporter(Stream.Null, []), null, file).Single().Clocks.Anchors;
        Assert.NotEmpty(anchors);
        Assert.Equal(anchors.Select(one => (one.Monotonic, one.Boottime, one.Realtime)).Distinct(), trace.Clocks.Select(clock => (clock[3], clock[6], clock[1])));
        Assert.All(trace.Packets.Where(packet => packet.TrackEvent is not null), packet => Assert.Equal(3u, packet.TimestampClockId));
    }

    [Fact]
    public void What_was_lost_is_marked_with_its_time()
    {
        var file = ConnectionExport.Sample("lossy");
        var trace = Read(null, file);
        var recording = ConnectionExport.To(new PerfettoExporter(Stream.Null, []), null, file).Single();
        Assert.NotEmpty(recording.Losses);
        Assert.Equal(
            recording.Losses.Select(loss => (loss.From, (ulong?)loss.To, loss.LossCounters.Lost)),
            trace.On("events lost").Select(slice => (slice.Begin, slice.End, (ulong)slice.Arguments["lost"])));
        Assert.Contains("events lost", trace.Tracks.Values.Single(track => track.Name.StartsWith("TCP connections of", StringComparison.Ordinal)).Description);
    }

    [Fact]
    public void Without_losses_no_track_speaks_of_them() =>
        Assert.DoesNotContain(Read(null, ConnectionExport.Sample("traffic")).Tracks.Values, track => track.Name is "events lost" or "not recorded");

    [Fact]
    public void A_truncated_capture_says_so_where_it_ends()
    {
        var file = ConnectionExport.Sample("nginx");
        var cut = file[..(file.Length / 2)];
        var trace = Read(null, cut);
        var recording = ConnectionExport.To(new PerfettoExporter(Stream.Null, []), null, cut).Single();
        Assert.Equal(recording.End, trace.Instants.Single(instant => instant.Category == "lost").Begin);
    }

    [Fact]
    public void Several_hosts_stand_apart_on_the_wall_clock()
    {
        var files = new[] { ConnectionExport.Sample("incident"), ConnectionExport.Sample("nginx") };
        var trace = Read(null, files);
        var roots = trace.Tracks.Values.Where(track => track is { ParentUuid: 0 }).ToArray();
        Assert.Equal(2, roots.Length);
        Assert.DoesNotContain(trace.Tracks.Values, track => track.Process is not null);
        var clock = Assert.Single(trace.Clocks);
        Assert.Equal(clock[1], clock[6]);
        Assert.Equal(ConnectionExport.Json(null, files).Count(line => Text(line, "ending") != "failed"), trace.On("connections").Count());
        foreach (var slice in trace.On("connections"))
        {
            var opened = DateTimeOffset.Parse((string)slice.Arguments["opened.time"], null).UtcTicks - DateTime.UnixEpoch.Ticks;
            Assert.InRange((long)slice.Begin - (opened * 100), -1_000_000, 1_000_000);
        }
    }

    [Fact]
    public void Filters_apply()
    {
        var filter = ConnectionFilter.Parse("--where \"role == client\"");
        var file = ConnectionExport.Sample("traffic");
        var trace = Read(filter, file);
        Assert.Equal(ConnectionExport.Json(filter, file).Count, trace.On("connections").Count() + trace.Instants.Count);
        Assert.All(trace.On("connections"), slice => Assert.Equal("client", slice.Arguments["role"]));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Protoc_decodes_it_and_finds_nothing_unknown(string sample)
    {
        var output = new MemoryStream();
        ConnectionExport.To(Exporter(output), null, ConnectionExport.Sample(sample));
        var folder = Repository.File("src/Exports/Perfetto");
        var text = ConnectionExport.Run("protoc", output.ToArray(), "--decode=perfetto.protos.Trace", $"--proto_path={folder}", "trace.proto");
        Assert.DoesNotContain(text.Split('\n'), line => line.TrimStart() is [>= '0' and <= '9', ..]);
        Assert.Equal(new ReadTrace(output.ToArray()).Packets.Count, text.Split('\n').Count(line => line == "packet {"));
    }

    [Fact]
    public void Names_are_text_whatever_they_are()
    {
        var connection = Ends.Client("\n<b>", "10.0.0.2", 80, 1_000, 500);
        connection.Opener.Comm = new ThreadName(Encoding.Latin1.GetBytes("\xff\x1b[31m\""));
        var output = new MemoryStream();
        Write(output, connection);
        var trace = new ReadTrace(output.ToArray());
        Assert.Contains(trace.Tracks.Values, track => track.Process?.ProcessName == "\ufffd\\u001b[31m\"");
        Assert.Equal("\ufffd\u001b[31m\"", trace.Slices.Single().Arguments["thread.name"]);
    }

    [Fact]
    public void Very_many_words_are_told_anew_and_forgotten()
    {
        var output = new MemoryStream();
        Write(output, [.. Enumerable.Range(0, 40_000).Select(number => Ends.Client("curl", $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}", 80, (ulong)number * 10, 5))]);
        var trace = new ReadTrace(output.ToArray());
        Assert.Equal(40_000, trace.Slices.Select(slice => slice.Name).Distinct().Count());
        Assert.InRange(trace.Resets, 3, 5);
    }

    [Fact]
    public void Nothing_is_a_trace_as_well()
    {
        var output = new MemoryStream();
        ConnectionExport.To(Exporter(output), ConnectionFilter.Parse("--port 1"), ConnectionExport.Sample("traffic"));
        Assert.Empty(new ReadTrace(output.ToArray()).Slices);
    }

    internal static PerfettoExporter Exporter(Stream output) => new(output, ConnectionFields.Set.All);

    private static void Write(Stream output, params Connection[] connections)
    {
        var exporter = Exporter(output);
        using var pipeline = new TraceCap.Analyzer.Exporters.ConnectionPipeline(exporter);
        pipeline.Take(connections, Ends.Recording);
        pipeline.End([Ends.Recording]);
        pipeline.End();
    }

    private static ReadTrace Read(ConnectionFilter? filter, params byte[][] captures)
    {
        var output = new MemoryStream();
        ConnectionExport.To(Exporter(output), filter, captures);
        return new ReadTrace(output.ToArray());
    }

    private static (string Opened, string Id, string Port) Key(ReadSlice slice) =>
        ((string)slice.Arguments["opened.monotonic_ns"], slice.Arguments.GetValueOrDefault("connection.id") as string ?? "", slice.Arguments["network.local.port"].ToString()!);

    private static string Text(JsonElement line, string property) => line.TryGetProperty(property, out var value) ? value.ToString() : "";
}
