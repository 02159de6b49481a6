using System.Net;
using System.Text.RegularExpressions;
using TraceCap.Format.Anonymizing;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Rewriting;
using TraceCap.Format.Tests.Columns;
using TraceCap.Format.Tests.Traffic;
using TraceCap.Format.Writing;

namespace TraceCap.Format.Tests.Anonymizing;

public class AnonymizationTests
{
    private const string Container = "7d1c5b0ea4f2aa11bb22cc33dd44ee55ff6600771188229933aa44bb55cc66dd";
    private const string Pod = "12345678-9abc-def0-1234-56789abcdef1";

    private static readonly AnonymizationKey Key = AnonymizationKey.Parse("secret-of-the-test-32-bytes-long"u8);

    public static TheoryData<string> Samples => [.. Directory.GetFiles(Repository.File("samples/captures"), "*.tcap").Select(path => Path.GetFileName(path)!).Order()];

    public static TheoryData<string> Vectors => [.. Directory.GetFiles(Repository.File("tests/conformance"), "*.tcap").Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Nothing_of_a_sample_is_left_and_all_else_is_as_before(string name)
    {
        var file = File.ReadAllBytes(Repository.File($"samples/captures/{name}"));
        foreach (var options in new[] { new AnonymizationOptions(), All })
        {
            var made = Anonymize(file, options);
            Check(file, made, options.ShiftsTimes);
            Assert.Equal(Captures.Read(made).Events, Captures.Read(Anonymize(file, options)).Events);
            Assert.Empty(CaptureVerifier.Verify(new MemoryStream(made)).Problems.Entries);
        }
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Whatever_a_capture_has_that_can_be_read_is_anonymized_or_left_out(string name)
    {
        var file = File.ReadAllBytes(Repository.File($"tests/conformance/{name}"));
        if (Fuzzing.CaptureChecks.TryRead(file))
        {
            Check(file, Anonymize(file, new AnonymizationOptions()), areTimesShifted: false, looksForLeaks: false);
        }
    }

    /// <summary>Every text, of every place where one can be, has the word secret; every number of an event is one of millions.</summary>
    [Fact]
    public void Nothing_that_stands_anywhere_is_left()
    {
        var file = WithSecrets();
        var leaks = Check(file, Anonymize(file, new AnonymizationOptions()), areTimesShifted: false);
        leaks.Add("secret").Add(Container).Add(Pod).Add(Pod.Replace('-', '_')).Add("12345678");
        Assert.NotEmpty(leaks.In(Unpacked(file)));
        foreach (var options in new[] { new AnonymizationOptions(), All })
        {
            var made = Anonymize(file, options);
            Assert.Empty(leaks.In(made));
            Assert.Empty(leaks.In(Unpacked(made)));
            Assert.DoesNotContain(Convert.ToHexString(Key.Bytes), Convert.ToHexString(Unpacked(made)), StringComparison.Ordinal);
            Assert.Contains("Crypto-PAn", Captures.Read(made).Reader.Header!.Options["anonymized"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_kept_stays_as_it_is_and_what_is_dropped_is_not_there()
    {
        var file = WithSecrets();
        var kept = Captures.Read(Anonymize(file, new AnonymizationOptions { Kept = NameKinds.All.Select(kind => kind.Kind).ToHashSet() })).Reader;
        var before = Captures.Read(file).Reader;
        Assert.Equal(before.Header!.Host, kept.Header!.Host);
        Assert.Equal(before.Header.Comment, kept.Header.Comment);
        Assert.Equal(before.Header.Filters, kept.Header.Filters);
        Assert.Equal(before.Header.Selection, kept.Header.Selection);
        Assert.Equal(before.Names.Cgroups.Select(name => name.Name).Order(), kept.Names.Cgroups.Select(name => name.Name).Order());

        var dropped = Captures.Read(Anonymize(file, new AnonymizationOptions { Dropped = new HashSet<NameKind> { NameKind.Comm, NameKind.Host, NameKind.Cgroup, NameKind.Netns } }));
        Assert.Equal("", dropped.Reader.Header!.Host);
        Assert.All(dropped.Events, one => Assert.Equal("", one.Comm.ToString()));
        Assert.All(dropped.Reader.Names.Cgroups, name => Assert.Equal("", name.Name));
    }

    /// <summary>Each kind alone: what else there is does not stay with it.</summary>
    [Theory]
    [InlineData("comm", "^secret[0-9]+$")]
    [InlineData("host", "^secrethost2?$")]
    [InlineData("boot-id", "^secretboot2?$")]
    [InlineData("kernel", "^secret(kernel)?$")]
    [InlineData("cgroup", "^secret$")]
    [InlineData("container", "^$")]
    [InlineData("pod", "^$")]
    [InlineData("unit", "^secret$")]
    [InlineData("netns", "^secretnetns$")]
    [InlineData("filters", "^secret(comm|filter|value|cut)?$")]
    [InlineData("options", "^secret(command|set)?$")]
    [InlineData("comment", "^secret$")]
    public void Who_keeps_one_kind_of_name_keeps_no_other(string word, string kept)
    {
        var made = Unpacked(Anonymize(WithSecrets(), new AnonymizationOptions { Kept = new HashSet<NameKind> { NameKinds.Find(word)!.Value } }));
        var text = System.Text.Encoding.Latin1.GetString(made);

        Assert.All(Regex.Matches(text, "secret[a-z0-9]*").Select(match => match.Value).Distinct(), found => Assert.Matches(kept, found));
        Assert.Equal(word is "container" or "cgroup", text.Contains(Container, StringComparison.Ordinal));
        Assert.Equal(word is "pod" or "cgroup", text.Contains(Pod, StringComparison.Ordinal));
    }

    [Fact]
    public void Containers_pods_and_units_are_found_in_a_path_as_before()
    {
        string[] paths =
        [
            "/", "/system.slice/nginx.service", "/init.scope", $"/system.slice/docker-{Container}.scope", $"/docker/{Container}",
            $"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{Pod.Replace('-', '_')}.slice/cri-containerd-{Container}.scope",
            $"/kubepods/besteffort/pod{Pod}/{Container}", $"/machine.slice/libpod-{Container}.scope/container", $"/machine.slice/libpod-conmon-{Container}.scope",
            $"/system.slice/containerd.service/kubepods-burstable-pod{Pod.Replace('-', '_')}.slice:cri-containerd:{Container}", "/user.slice/user-1007.slice/user@1007.service/app.slice",
        ];
        using var numbers = new AnonymousNumbers(Key, keepPorts: true);
        var path = new AnonymousPath(new NameHash(Key), numbers, new HashSet<NameKind>());
        foreach (var before in paths.Select(text => new CgroupName(text)))
        {
            var after = new CgroupName(path.Of(before.Path));
            Assert.Equal((before.Container is null, before.Pod is null, before.Unit is null, before.Runtime), (after.Container is null, after.Pod is null, after.Unit is null, after.Runtime));
            Assert.DoesNotContain(Container[..12], after.Path, StringComparison.Ordinal);
            Assert.DoesNotContain(Pod[..8], after.Path, StringComparison.Ordinal);
            Assert.DoesNotContain("1007", after.Path, StringComparison.Ordinal);
            Assert.DoesNotContain("nginx", after.Path, StringComparison.Ordinal);
        }

        Assert.Equal(paths.Length, paths.Select(path.Of).Distinct().Count());
        Assert.Single(paths.Select(text => new CgroupName(path.Of(text)).Container).OfType<string>().Distinct());
        Assert.Single(paths.Select(text => new CgroupName(path.Of(text)).Pod?.Replace('_', '-')).OfType<string>().Distinct());
    }

    [Fact]
    public void Times_that_are_shifted_are_shifted_by_whole_days_and_alike_in_two_files_of_a_boot()
    {
        var first = Captures.Read(Anonymize(Captures.Write(Captures.Some(9)), All));
        var second = Captures.Read(Anonymize(Captures.Write(Captures.Some(9, seed: 2)), All));
        var (before, after) = (Captures.Clock, first.Reader.Header!.Start!.Value);
        Assert.Equal(0ul, (before.Realtime - after.Realtime) % (24 * 3600 * 1_000_000_000ul));
        Assert.NotEqual(before.Realtime, after.Realtime);
        Assert.NotEqual(before.Monotonic, after.Monotonic);
        Assert.Equal(before.Suspended, after.Suspended);
        Assert.Equal(after, second.Reader.Header!.Start);
    }

    /// <summary>However much is there: what could be read of it is there, and what is missing is told.</summary>
    [Fact]
    public void A_capture_that_was_cut_anywhere_is_anonymized_as_far_as_it_goes()
    {
        var file = Captures.Write(TrafficGenerator.Generate(12, new() { HasEnds = true }), eventsPerChunk: 4);
        for (var length = 0; length < file.Length; length++)
        {
            var cut = file[..length];
            var (events, reader) = Captures.Read(cut);
            var made = Anonymize(cut, new AnonymizationOptions());
            Assert.Equal(reader.Section > 0, made.Length > 0);
            if (made.Length > 0)
            {
                var again = Captures.Read(made);
                Assert.Equal(events.Length, again.Events.Length);
                Assert.True(again.Reader.IsWhole);
                Assert.NotNull(again.Reader.TruncatedBefore);
                Assert.Empty(CaptureVerifier.Verify(new MemoryStream(made)).Problems.Entries);
            }
        }
    }

    private static AnonymizationOptions All => new() { Ports = true, ShiftsTimes = true };

    internal static byte[] Anonymize(byte[] file, AnonymizationOptions options)
    {
        var output = new MemoryStream();
        using var anonymization = new CaptureAnonymization(Captures.Reader(file), output, Key, options, "tracecap test");
        anonymization.Run();
        return output.ToArray();
    }

    /// <summary>Holds one against the other, event by event: each original has one replacement, and the other way round.</summary>
    private static Leaks Check(byte[] before, byte[] after, bool areTimesShifted, bool looksForLeaks = true)
    {
        var leaks = new Leaks();
        var (old, oldReader) = Captures.Read(before);
        var (made, madeReader) = Captures.Read(after);
        Assert.Equal(old.Length, made.Length);
        var isMerged = oldReader.Header is { Hosts.Count: > 0 };
        var (there, back) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        var shift = old.Length > 0 ? made[0].Timestamp - old[0].Timestamp : 0;
        Assert.Equal(areTimesShifted, shift != 0);
        for (var i = 0; i < old.Length; i++)
        {
            var (one, other) = (old[i], made[i]);
            leaks.Add(in one);
            Pair($"a{(one.IpVersion == 4 ? 4 : 6)}", Text(one.LocalAddress, one.IpVersion), Text(other.LocalAddress, other.IpVersion));
            Pair($"a{(one.IpVersion == 4 ? 4 : 6)}", Text(one.PeerAddress, one.IpVersion), Text(other.PeerAddress, other.IpVersion));
            Pair("comm", Convert.ToHexString(one.Comm.Bytes), other.Comm.ToString());
            IsOther(one.Comm.Bytes.IsEmpty, one.Comm.ToString(), other.Comm.ToString());
            IsOther(one.Pid == 0, one.Pid, other.Pid);
            IsOther(one.Tid == 0, one.Tid, other.Tid);
            IsOther(one.Netns == 0, one.Netns, other.Netns);
            IsOther(one.Mntns == 0, one.Mntns, other.Mntns);
            IsOther(one.Cgroup == 0, one.Cgroup, other.Cgroup);
            IsOther(one.NetnsId == 0, one.NetnsId, other.NetnsId);
            IsOther(isMerged || one.Connection == 0, one.Connection, other.Connection);
            Pair("pid", one.Pid, other.Pid);
            Pair("pid", one.Tid, other.Tid);
            Pair("uid", one.Uid, other.Uid);
            Pair("inode", one.Netns, other.Netns);
            Pair("inode", one.Mntns, other.Mntns);
            Pair("inode", one.Pidns, other.Pidns);
            Pair("container pid", one.ContainerPid, other.ContainerPid);
            Pair("netns", one.NetnsId, other.NetnsId);
            Pair("cgroup", one.Cgroup, other.Cgroup);
            Pair("port", one.LocalPort, other.LocalPort);
            Pair("port", one.PeerPort, other.PeerPort);
            if (!isMerged)
            {
                Pair("connection", one.Connection, other.Connection);
            }

            Assert.Equal(one.Connection == 0, other.Connection == 0);
            Assert.Equal(
                (one.Timestamp + shift, one.Type, one.IpVersion, one.State, one.Flags, one.Error, one.Duration, one.Cpu, one.Sequence),
                (other.Timestamp, other.Type, other.IpVersion, other.State, other.Flags, other.Error, other.Duration, other.Cpu, other.Sequence));
            Assert.Equal(
                (one.BytesSent, one.BytesAcked, one.BytesReceived, one.SegmentsSent, one.SegmentsReceived, one.Retransmits, one.SmoothedRtt),
                (other.BytesSent, other.BytesAcked, other.BytesReceived, other.SegmentsSent, other.SegmentsReceived, other.Retransmits, other.SmoothedRtt));
        }

        Assert.Equal(Captures.InOrder(before).Select(one => one.Sequence), Captures.InOrder(after).Select(one => one.Sequence));
        leaks.Add(oldReader.Names);
        foreach (var header in oldReader.Header is { } known ? [known] : Array.Empty<CaptureHeader>())
        {
            leaks.Add(header.Host).Add(header.BootId).Add(header.Comment);
        }

        if (looksForLeaks)
        {
            Assert.Empty(leaks.In(after));
            Assert.Empty(leaks.In(Unpacked(after)));
        }

        return leaks;

        static void IsOther<T>(bool isSame, T one, T other)
        {
            if (!isSame)
            {
                Assert.NotEqual(one, other);
            }
        }

        void Pair<T>(string kind, T one, T other)
        {
            var (key, value) = ($"{kind} {one}", $"{kind} {other}");
            Assert.Equal(value, there.GetValueOrDefault(key, value));
            Assert.Equal(key, back.GetValueOrDefault(value, key));
            (there[key], back[value]) = (value, key);
        }
    }

    private static string Text(in Address address, byte version) => address.ToIPAddress(version == 4 ? 4 : 6).ToString();

    private static byte[] Unpacked(byte[] file) => [.. CaptureBlock.Split(file).SelectMany(block => block.Raw)];

    private static byte[] WithSecrets()
    {
        var header = new CaptureHeader
        {
            Tool = "secrettool 1.0",
            Host = "secrethost; secrethost2",
            Kernel = "6.1.0-secretkernel",
            Architecture = "secretarchitecture",
            BootId = "0123abcd-4567-89ef-0123-456789abcdef",
            Cpus = 2,
            Probes = "secretprobes",
            ProbesNotUsed = new Dictionary<string, string> { ["secretset"] = "secret: /secret/path" },
            Limits = ["secret limit"],
            Filters = new Dictionary<string, string> { ["comm"] = "secretcomm", ["secretfilter"] = "secretvalue", ["ip version"] = "secret", ["compat-filters"] = "secret" },
            Selection = ["--comm secretcut --where 'a == secret --type secret' --type CX --secret"],
            Hosts = [new MergedHost("secrethost", "6.1-secret", "secret", "secretboot", 5), new MergedHost("secrethost2", "6.2", "x86_64", "secretboot2", 0)],
            Inputs = [new MergedInput(new Dictionary<string, string> { ["secret"] = "secret" }, ["--secret secret"])],
            Options = new Dictionary<string, string> { ["command"] = "secretcommand --token secret", ["buffer"] = "secret", ["flight"] = "secret", ["secret"] = "secret", ["ended"] = "secret", ["filter-by"] = "secret" },
            Comment = "secret comment",
            Start = Captures.Clock,
        };
        var random = new Random(7);
        var events = new TcpEvent[200];
        for (var i = 0; i < events.Length; i++)
        {
            random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(events.AsSpan(i, 1)));
            ref var one = ref events[i];
            (one.Timestamp, one.IpVersion, one.Type) = (2_000_000_000ul + (ulong)i, i % 2 == 0 ? (byte)4 : (byte)6, TcpEventType.Close);
            one.Connection = ((ulong)i % 2 << MergedHost.ConnectionShift) | (one.Connection & 0xFFFFFFFFFFFF);
            one.Comm = new ThreadName($"secret{i}");
            one.PeerAddress = new Address(IPAddress.Parse(i % 2 == 0 ? $"10.77.{i}.{255 - i}" : $"::ffff:192.168.{i}.{255 - i}"));
            (one.Pid, one.Tid) = (1_000_000 + (uint)random.Next(1 << 21), 1_000_000 + (uint)random.Next(1 << 21));
        }

        var output = new MemoryStream();
        var writer = new CaptureWriter(output, header, 50 * TcpEvent.Size);
        writer.WriteContext(new CaptureContext
        {
            Cgroups = [new(events[0].Cgroup, $"/secret.slice/secret.service/docker-{Container}.scope"), new(events[2].Cgroup, $"/kubepods/pod{Pod}/secret", 1)],
            NetworkNamespaces = [new(events[1].Netns, "secretnetns", 0, events[1].NetnsId)],
        });
        writer.Append(events);
        writer.Complete("secret reason", Captures.Clock);

        byte[] key = [0xA8, .. "x-secret"u8, 0x93, 1, 0xC0, 0xA6, .. "secret"u8];
        var blocks = CaptureBlock.Split(output.ToArray());
        foreach (var at in new[] { 0, 1, blocks.Count - 1 })
        {
            // A map of fewer than 16 keys has their number in its first byte, a larger one in the two behind it.
            var raw = blocks[at].Raw;
            blocks[at].WithRaw(raw[0] == 0xDE ? [0xDE, raw[1], (byte)(raw[2] + 1), .. key, .. raw[3..]]
                : raw[0] == 0x8F ? [0xDE, 0, 16, .. key, .. raw[1..]]
                : [(byte)(raw[0] + 1), .. key, .. raw[1..]]);
            blocks[at].NewFields = [.. "secretfield"u8];
        }

        blocks[2].WithRaw(Payloads.WithColumn(blocks[2].Raw, 200, encoding: 77, [.. "secretcolumn"u8]));
        blocks[3].NewFields = [.. "secretfield"u8];
        var unknown = new CaptureBlock { Header = blocks[4].Header, Payload = [.. "secretblock"u8] };
        unknown.Header.Kind = (BlockKind)200;
        unknown.Header.Events = 0;
        unknown.Header.RawLength = (uint)unknown.Payload.Length;
        unknown.Header.LossCounters = default;
        unknown.Header.Codec = BlockCodec.Stored;
        blocks.Insert(4, unknown);
        for (var i = 4; i < blocks.Count; i++)
        {
            blocks[i].Header.Sequence = (uint)i;
        }

        var file = CaptureBlock.Join(blocks);
        Assert.Equal((200, 0), (Captures.Read(file).Events.Length, Captures.Read(file).Reader.Damage.Count));
        return file;
    }
}
