using System.Buffers;
using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Analyzer.Tests.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Tests;

/// <summary>What is made of the names of cgroups and network namespaces.</summary>
public sealed class NamesTests
{
    private const string Id = "3f4e8d2a9b1c7f60e5d4c3b2a19087f6e5d4c3b2a1908f7e6d5c4b3a29187f60";
    private const string Pod = "8b7e3c52-41d9-4f0a-9c6b-2e5d7a1f0b34";
    private const string PodPath = $"/kubepods.slice/kubepods-pod8b7e3c52_41d9_4f0a_9c6b_2e5d7a1f0b34.slice/cri-containerd-{Id}.scope";

    private static readonly TcpEvent e = new() { Type = TcpEventType.Connect, IpVersion = 4, Timestamp = 1, Cgroup = 7, Netns = 8 };

    [Fact]
    public void An_event_as_json_says_where_its_task_was_and_reading_it_gives_the_names_back()
    {
        var names = Names((7, PodPath), (9, ""));
        names.Add(new CaptureContext { NetworkNamespaces = [new NamedId(8, "blue \"sky\"")] });
        var text = Json(e, names);
        Assert.EndsWith(
            $$"""
            ,"linux.cgroup.path":"{{PodPath}}","container.id":"{{Id}}","container.runtime.name":"containerd","k8s.pod.uid":"{{Pod}}","systemd.unit":"cri-containerd-{{Id}}.scope","linux.netns.name":"blue \u0022sky\u0022"}

            """,
            text, StringComparison.Ordinal);
        Assert.Equal(Json(e, null), Json(e with { Cgroup = 9, Netns = 1 }, names).Replace("\"9\"", "\"7\"", StringComparison.Ordinal).Replace(":1,", ":8,", StringComparison.Ordinal));

        var read = new CaptureNames.Builder();
        Assert.Equal(e, Assert.Single(EventJson.ReadAll(new MemoryStream(Encoding.UTF8.GetBytes(text)), read)));
        Assert.Equal((PodPath, "blue \"sky\""), (read.CgroupOf(in e)!.Path, read.NetnsOf(in e)));
    }

    [Theory]
    [InlineData("3f4e", null, null, "/docker/" + Id, true)]
    [InlineData("3F4E", null, null, "/docker/" + Id, true)]
    [InlineData("f4e8", null, null, "/docker/" + Id, false)]
    [InlineData("3f4e", null, null, "/system.slice/nginx.service", false)]
    [InlineData(null, "nginx", null, "/system.slice/nginx.service/worker", true)]
    [InlineData(null, "nginx.service", null, "/system.slice/nginx.service", true)]
    [InlineData(null, "system.slice", null, "/system.slice/nginx.service", true)]
    [InlineData(null, "gin", null, "/system.slice/nginx.service", false)]
    [InlineData(null, null, "/system.slice", "/system.slice/nginx.service", true)]
    [InlineData(null, null, "/system.slice/", "/system.slice", true)]
    [InlineData(null, null, "/sys/fs/cgroup/system.slice", "/system.slice/nginx.service", true)]
    [InlineData(null, null, "/sys/fs/cgroup/unified", "/", true)]
    [InlineData(null, null, "/system", "/system.slice/nginx.service", false)]
    [InlineData("3f4e", "nginx", null, "/docker/" + Id, false)]
    [InlineData(null, null, "/", "", false)]
    public void A_filter_takes_the_cgroups_that_meet_all_its_conditions(string? container, string? unit, string? path, string cgroup, bool expected)
    {
        var filter = new EventFilter { Cgroup = new CgroupFilter(container, unit, path), Names = Names((7, cgroup)) };
        Assert.Equal(expected, filter.Matches(in e));
        Assert.False(filter.IsAll);
        Assert.False(filter.Matches(e with { Cgroup = 1 }));
    }

    [Fact]
    public void A_cut_names_what_is_left_and_nothing_else()
    {
        var output = new MemoryStream();
        var reader = new CaptureReader(new MemoryStream(Capture("boot", 0, ["/a", "/a/b", "/c"])));
        new CaptureCut(reader, output, new CaptureFilter(new EventFilter { Cgroup = new CgroupFilter(null, null, "/a") }), "--cgroup /a").Run();
        output.Position = 0;
        var summary = CaptureSummary.Of(output, new CaptureFilter(new EventFilter()));

        Assert.Equal(["/a", "/a/b"], summary.Sections[0].Names.Cgroups.Select(cgroup => cgroup.Name).Order(StringComparer.Ordinal));
        Assert.Equal(2ul, summary.Sections[0].Events);
        output.Position = 0;
        Assert.Equal(0, CaptureVerifier.Verify(output).Problems.Count);
    }

    [Fact]
    public void A_connection_is_of_the_cgroup_that_the_file_of_its_opening_named()
    {
        var sink = new ConnectionList();
        var filter = new ConnectionFilter { Opening = new CaptureFilter(new EventFilter { Cgroup = new CgroupFilter(null, null, "/a") }) };
        var feed = new ConnectionFeed(sink, filter);
        foreach (var file in new[] { Capture("boot", 100, ["/a"]), Capture("boot", 200, ["/b", "/c"]), Capture("boot", 300, []) })
        {
            feed.Read(new EventStream(new CaptureReader(new MemoryStream(file))));
        }

        feed.End();
        var connection = Assert.Single(sink.Connections);
        Assert.Equal((100ul, "/a"), (connection.Id, connection.CgroupIn(Assert.Single(feed.Recordings))?.Path));
    }

    [Theory]
    [InlineData(GroupBy.Container, "(no container),(not known)," + Id)]
    [InlineData(GroupBy.Unit, "(no unit),(not known),nginx.service")]
    [InlineData(GroupBy.Cgroup, "(not known),/docker/" + Id + ",/system.slice/nginx.service")]
    public void Connections_are_grouped_by_their_owners_cgroup(GroupBy by, string expected)
    {
        var recording = new RecordedSpan { Start = 0, Names = Names((1, "/docker/" + Id), (2, "/system.slice/nginx.service"), (3, "")).Names };
        var groups = new ConnectionGroups(by);
        for (var cgroup = 1ul; cgroup <= 4; cgroup++)
        {
            var connection = Ends.Client("app", "10.0.0.2", 80, 0, 1);
            connection.Opener.Cgroup = cgroup;
            groups.Add(in connection, recording);
        }

        Assert.Equal(expected.Split(','), groups.InOrder.Select(group => groups.By.Text(group.Key)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_summary_lists_cgroups_and_how_many_were_gone()
    {
        using var file = new MemoryStream(Capture("boot", 0, ["", PodPath, "/system.slice/nginx.service"]));
        var text = Encoding.UTF8.GetString(SummaryText.Format("x", CaptureSummary.Of(file, new CaptureFilter(new EventFilter()))));
        Assert.Contains(
            $"""
            cgroups     {PodPath}: containerd container 3f4e8d2a9b1c, pod {Pod}
                        /system.slice/nginx.service
                        1 that were gone before they could be looked up

            """,
            text, StringComparison.Ordinal);
    }

    private static CaptureNames.Builder Names(params (ulong Id, string Path)[] cgroups)
    {
        var names = new CaptureNames.Builder();
        names.Add(new CaptureContext { Cgroups = [.. cgroups.Select(cgroup => new NamedId(cgroup.Id, cgroup.Path))] });
        return names;
    }

    /// <summary>A connection opened in each of these cgroups, whose ids begin with the time.</summary>
    private static byte[] Capture(string boot, ulong start, string[] cgroups)
    {
        var output = new MemoryStream();
        var writer = new CaptureWriter(output, new CaptureHeader { BootId = boot, Start = new ClockAnchor(start, start, start) });
        for (var i = 0; i < cgroups.Length; i++)
        {
            var id = start + (ulong)i;
            writer.NameCgroup(new NamedId(id, cgroups[i]));
            writer.Append(e with { Timestamp = start + (ulong)i, Connection = id, Cgroup = id, LocalPort = (ushort)(1 + id) });
        }

        writer.Complete("end of test", new ClockAnchor(start + 100, start + 100, start + 100));
        return output.ToArray();
    }

    private static string Json(in TcpEvent one, INames? names)
    {
        var buffer = new ArrayBufferWriter<byte>();
        EventJson.Write(buffer, in one, null, names);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
