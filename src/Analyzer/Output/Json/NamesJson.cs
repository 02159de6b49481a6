using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>The names of what events refer to as JSON properties. What is not known, or not there, is absent.</summary>
internal static class NamesJson
{
    internal const string CgroupPath = "linux.cgroup.path";
    internal const string NetnsName = "linux.netns.name";
    internal const string HostName = "host.name";

    private const string ContainerId = "container.id";
    private const string ContainerRuntime = "container.runtime.name";
    private const string PodUid = "k8s.pod.uid";
    private const string Unit = "systemd.unit";

    private static readonly ConditionalWeakTable<CgroupName, byte[]> cgroups = [];
    private static readonly ConditionalWeakTable<string, byte[]> namespaces = [];
    private static readonly ConditionalWeakTable<string, byte[]> hosts = [];

    /// <summary>The names that events and connections have where they are known.</summary>
    internal static IReadOnlyList<JsonKey> All { get; } =
    [
        new(CgroupPath, JsonType.Text, "the path of the task's cgroup"),
        new(ContainerId, JsonType.Text, "the container of that cgroup"),
        new(ContainerRuntime, JsonType.Text, "what runs the container"),
        new(PodUid, JsonType.Text, "its pod"),
        new(Unit, JsonType.Text, "the systemd unit of that cgroup"),
        new(NetnsName, JsonType.Text, "the name of the network namespace"),
        new(HostName, JsonType.Text, "the host; of events only where those of several were merged"),
    ];

    /// <summary>Whether a property only repeats what the path of the cgroup tells.</summary>
    internal static bool IsOfPath(string property) => property is ContainerId or ContainerRuntime or PodUid or Unit;

    /// <summary>Writes the properties of a cgroup.</summary>
    internal static void Write(Utf8JsonWriter json, CgroupName? cgroup)
    {
        if (cgroup is not { Path.Length: > 0 })
        {
            return;
        }

        json.WriteString(CgroupPath, cgroup.Path);
        WriteIfAny(json, ContainerId, cgroup.Container);
        WriteIfAny(json, ContainerRuntime, cgroup.Runtime);
        WriteIfAny(json, PodUid, cgroup.Pod);
        WriteIfAny(json, Unit, cgroup.Unit);
    }

    /// <summary>Writes the name of a network namespace.</summary>
    internal static void Write(Utf8JsonWriter json, string? netns) => WriteIfAny(json, NetnsName, netns is "" ? null : netns);

    /// <summary>The properties of a cgroup as UTF-8, a comma before each; made once for each.</summary>
    internal static ReadOnlySpan<byte> Text(CgroupName? cgroup) =>
        cgroup is { Path.Length: > 0 } ? cgroups.GetValue(cgroup, name => Encode(json => Write(json, name))) : default;

    /// <summary>The same of the name of a network namespace.</summary>
    internal static ReadOnlySpan<byte> Text(string? netns) =>
        netns is { Length: > 0 } ? namespaces.GetValue(netns, name => Encode(json => Write(json, name))) : default;

    /// <summary>The same of the name of a host.</summary>
    internal static ReadOnlySpan<byte> HostText(string? host) =>
        host is { Length: > 0 } ? hosts.GetValue(host, name => Encode(json => WriteIfAny(json, HostName, name))) : default;

    private static byte[] Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return [(byte)',', .. buffer.WrittenSpan[1..^1]];
    }

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
