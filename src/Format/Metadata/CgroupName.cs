using System.Text.RegularExpressions;

namespace TraceCap.Format.Metadata;

/// <summary>
/// A cgroup by its path, and what those who made it have put into the path: container, pod and systemd unit. Paths are
/// those that docker, containerd, cri-o, podman and the kubelet make, with systemd's help or alone (the "systemd" and
/// "cgroupfs" drivers). Where one lies within another, the innermost counts.
/// </summary>
/// <param name="path">The path in the cgroup2 hierarchy; empty if it is not known.</param>
public sealed partial class CgroupName(string path) : IEquatable<CgroupName>
{
    /// <summary>What is found when it is first read; two threads that read it at once find the same.</summary>
    private Makers? makers;

    /// <summary>One that was gone before anybody could look up its path.</summary>
    public static CgroupName Gone { get; } = new("");

    /// <summary>The path in the cgroup2 hierarchy; empty if it is not known.</summary>
    public string Path => path;

    /// <summary>The id of the container, 64 hexadecimal digits; null outside of containers.</summary>
    public string? Container => Found.Container;

    /// <summary>Who runs the container: docker, containerd, cri-o or podman; null if the path does not tell.</summary>
    public string? Runtime => Found.Runtime;

    /// <summary>The UID of the Kubernetes pod; null outside of pods.</summary>
    public string? Pod => Found.Pod;

    /// <summary>The systemd unit, a service or a scope; null if there is none.</summary>
    public string? Unit => Found.Unit;

    private Makers Found => makers ??= FindMakers();

    /// <summary>Whether it is the cgroup of that path, or lies below it.</summary>
    /// <param name="above">From the root of the hierarchy, without a slash at its end; the root itself is empty.</param>
    public bool IsWithin(string above) =>
        Path.StartsWith(above, StringComparison.Ordinal) && (Path.Length == above.Length || Path[above.Length] == '/');

    /// <summary>Whether it belongs to that unit, a slice as well, or to one within it.</summary>
    public bool IsOf(string unitName)
    {
        foreach (var part in Path.Split('/'))
        {
            if (Unescape(part) == unitName)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the paths are the same.</summary>
    public bool Equals(CgroupName? other) => other is not null && Path == other.Path;

    /// <inheritdoc cref="Equals(CgroupName)" />
    public override bool Equals(object? obj) => Equals(obj as CgroupName);

    /// <summary>A hash of the path.</summary>
    public override int GetHashCode() => Path.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc />
    public override string ToString() => Path;

    private Makers FindMakers()
    {
        var (container, runtime) = FindContainer();
        return new Makers(container, runtime, FindPod(), FindUnit());
    }

    private (string? Container, string? Runtime) FindContainer()
    {
        var parts = Path.Split('/');
        for (var i = parts.Length - 1; i > 0; i--)
        {
            if (ContainerPart().Match(parts[i]) is not { Success: true } match)
            {
                continue;
            }

            var prefix = match.Groups["prefix"].Value;
            // Those are a container's monitor, which is outside of it, and a pod.
            if (prefix.EndsWith("conmon-", StringComparison.Ordinal) || (prefix.Length == 0 && parts[i - 1] == "libpod_parent"))
            {
                return (null, null);
            }

            return (match.Groups["id"].Value, RuntimeOf(prefix.Length == 0 ? parts[i - 1] : prefix.TrimEnd('-', ':')));
        }

        return (null, null);
    }

    private static string? RuntimeOf(string prefix) => prefix[(prefix.LastIndexOf(':') + 1)..] switch
    {
        "docker" => "docker",
        "cri-containerd" or "nerdctl" => "containerd",
        "crio" => "cri-o",
        "libpod" or "libpod-payload" => "podman",
        _ => null,
    };

    /// <summary>systemd takes a dash for the way to the slice above, so the kubelet writes underscores.</summary>
    private string? FindPod() => PodPart().Matches(Path) is [.., var last] ? last.Groups["uid"].Value.Replace('_', '-') : null;

    private string? FindUnit()
    {
        string? innermost = null;
        foreach (var part in Path.Split('/'))
        {
            if (part.EndsWith(".service", StringComparison.Ordinal) || part.EndsWith(".scope", StringComparison.Ordinal))
            {
                innermost = Unescape(part);
            }
        }

        return innermost;
    }

    /// <summary>systemd puts an underscore before a name that the kernel, or it, gives another meaning.</summary>
    private static string Unescape(string name) => name is ['_', .. var rest] ? rest : name;

    [GeneratedRegex("^(?<prefix>(.*[-:])?)(?<id>[0-9a-f]{64})([.]scope)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex ContainerPart();

    [GeneratedRegex(
        "[/-]pod(?<uid>[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})([.]slice)?(?=[/:]|$)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex PodPart();

    private sealed record Makers(string? Container, string? Runtime, string? Pod, string? Unit);
}
