using System.Collections.Immutable;

namespace TraceCap.Format.Anonymizing;

/// <summary>What a name is of.</summary>
internal enum NameKind
{
    Comm,
    Host,
    BootId,
    Kernel,
    Cgroup,
    Container,
    Pod,
    Unit,
    Netns,
    Filters,
    Options,
    Comment,
}

/// <summary>A kind of name, in words.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Word">What options call it.</param>
/// <param name="Meaning">What it is, in a few words.</param>
/// <param name="Fate">What becomes of it if nobody asks for anything else.</param>
internal sealed record NameKindWords(NameKind Kind, string Word, string Meaning, string Fate);

/// <summary>The table of all kinds of names.</summary>
internal static class NameKinds
{
    public static ImmutableArray<NameKindWords> All { get; } =
    [
        new(NameKind.Comm, "comm", "names of threads", "hashed"),
        new(NameKind.Host, "host", "names of hosts", "hashed"),
        new(NameKind.BootId, "boot-id", "boot ids", "hashed"),
        new(NameKind.Kernel, "kernel", "releases of kernels", "cut to their numbers, such as 6.1.0"),
        new(NameKind.Cgroup, "cgroup", "paths of cgroups, and all in them", "hashed, part by part; words that are the same everywhere stay"),
        new(NameKind.Container, "container", "ids of containers", "hashed"),
        new(NameKind.Pod, "pod", "UIDs of pods", "hashed"),
        new(NameKind.Unit, "unit", "systemd units", "hashed"),
        new(NameKind.Netns, "netns", "names of network namespaces", "hashed"),
        new(NameKind.Filters, "filters", "what filters and cuts let through", "hashed; which filters there were stays"),
        new(NameKind.Options, "options", "other settings of the recorder, a command that was recorded, and what it says of probes", "left out, but for sizes and switches"),
        new(NameKind.Comment, "comment", "the user's comment, and words of why a recording ended", "left out, but for words of tracecap itself"),
    ];

    /// <summary>The kind that options call so; null if there is none.</summary>
    public static NameKind? Find(string word) => All.FirstOrDefault(kind => kind.Word == word)?.Kind;
}
