using System.Text.RegularExpressions;

namespace TraceCap.Format.Anonymizing;

/// <summary>
/// Paths of cgroups for paths, part by part, such that a reader finds a container, a pod or a unit in one if it found one before: words that
/// docker, containerd, cri-o, podman, the kubelet and systemd put there stay, ids become ids, and all else becomes hashes.
/// </summary>
/// <param name="names">Makes the names.</param>
/// <param name="numbers">Makes the user ids that systemd has in its names.</param>
/// <param name="kept">What stays as it is.</param>
internal sealed partial class AnonymousPath(NameHash names, AnonymousNumbers numbers, IReadOnlySet<NameKind> kept)
{
    private const int MaxKnown = 1 << 12;

    /// <summary>Names of cgroups, without the ending of a unit, that say nothing: they are there on every such host.</summary>
    private static readonly HashSet<string> common =
    [
        "-", "system", "user", "machine", "init", "session", "app", "background", "docker", "podman", "libpod", "libpod_parent", "containerd",
        "kubepods", "besteffort", "burstable", "guaranteed", "kubepods-besteffort", "kubepods-burstable", "kubepods-guaranteed",
        "system.slice", "user.slice",
    ];

    private static readonly string[] endings = [".slice", ".service", ".scope"];

    private readonly Dictionary<string, string> known = [];

    /// <summary>What stands for a path.</summary>
    public string Of(string path)
    {
        if (kept.Contains(NameKind.Cgroup))
        {
            return path;
        }

        if (!known.TryGetValue(path, out var found))
        {
            found = string.Join('/', path.Split('/').Select(part => string.Join(':', part.Split(':').Select(OfPart))));
            if (known.Count == MaxKnown)
            {
                known.Clear();
            }

            known.Add(path, found);
        }

        return found;
    }

    private string OfPart(string part)
    {
        var ending = Array.Find(endings, one => part.EndsWith(one, StringComparison.Ordinal)) ?? "";
        var name = part[..^ending.Length];
        return name.Length == 0 || common.Contains(name) || runtimes.Contains(name) ? part
            : OfMakers(name) is { } made ? made + ending
            : ending is ".service" or ".scope" ? OfUnit(part, name, ending)
            : names.Name('g', "cgroup", name) + ending;
    }

    private string OfUnit(string part, string name, string ending) =>
        kept.Contains(NameKind.Unit) ? part : names.Name('u', "unit", name) + ending;

    /// <summary>What those who made the cgroup have called it; null if none of them is known to call one so.</summary>
    private string? OfMakers(string name)
    {
        if (ContainerName().Match(name) is { Success: true } container && (container.Groups["by"].Value is "" || IsRuntime(container.Groups["by"].Value)))
        {
            return container.Groups["by"].Value + Id(NameKind.Container, "container", container.Groups["id"].Value);
        }

        if (PodName().Match(name) is { Success: true } pod)
        {
            return pod.Groups["before"].Value + Id(NameKind.Pod, "pod", pod.Groups["uid"].Value);
        }

        return UserName().Match(name) is { Success: true } user && uint.TryParse(user.Groups["uid"].Value, out var uid)
            ? FormattableString.Invariant($"{user.Groups["before"].Value}{numbers.Uid(uid)}")
            : null;
    }

    private string Id(NameKind kind, string purpose, string id) => kept.Contains(kind) ? id : names.Hex(purpose, id);

    private static bool IsRuntime(string prefix) => runtimes.Contains(prefix[..^1].Replace("-conmon", "", StringComparison.Ordinal));

    private static readonly HashSet<string> runtimes = ["docker", "cri-containerd", "nerdctl", "crio", "libpod", "libpod-payload"];

    [GeneratedRegex("^(?<by>([a-z-]+-)?)(?<id>[0-9a-f]{64})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex ContainerName();

    [GeneratedRegex(
        "^(?<before>(kubepods-)?((besteffort|burstable|guaranteed)-)?pod)(?<uid>[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex PodName();

    [GeneratedRegex("^(?<before>user[-@])(?<uid>[0-9]{1,10})$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex UserName();
}
