using System.Buffers;

namespace TraceCap.Format.Metadata;

/// <summary>What events refer to and a reader must not have to guess. A capture holds as many as it needs; they add up.</summary>
internal sealed record CaptureContext
{
    /// <summary>The clocks at one or more instants, oldest first.</summary>
    public IReadOnlyList<ClockAnchor> Clocks { get; init; } = [];

    /// <summary>What the section once held and has no more; usually nothing.</summary>
    public MissingEvents Missing { get; init; }

    /// <summary>The cgroups that events refer to, by their ids.</summary>
    public IReadOnlyList<NamedId> Cgroups { get; init; } = [];

    /// <summary>The network namespaces that have a name, by their inode numbers and ids.</summary>
    public IReadOnlyList<NamedId> NetworkNamespaces { get; init; } = [];

    /// <summary>Whether it has names and nothing else that this version knows.</summary>
    public bool IsOfNames => (Cgroups.Count > 0 || NetworkNamespaces.Count > 0) && Clocks.Count == 0 && Missing.IsNone;

    /// <summary>The lowest minor version that has all it says: ids of network namespaces are there since 1.1.</summary>
    internal byte Minor => NetworkNamespaces.Any(name => name.NetnsId != 0) ? (byte)1 : (byte)0;

    internal static MetadataMap<CaptureContext> Map { get; } = new MetadataMap<CaptureContext>("context block")
        .Key(
            "missing",
            MissingEvents.Stored,
            "what was once here, and damaged when the section was written anew",
            context => context.Missing,
            (context, value) => context with { Missing = value },
            when: context => !context.Missing.IsNone,
            ifMissing: "zeros")
        .Key(
            "clocks",
            MetadataType.ListOf(ClockAnchor.Stored),
            "oldest first",
            context => context.Clocks,
            (context, value) => context with { Clocks = value })
        .Key(
            "cgroups",
            MetadataType.ListOf(NamedId.Stored) with { Name = NamedId.Stored.Name },
            "the path in the cgroup2 hierarchy; empty: it could not be read, for the cgroup was gone before, or its path is longer than the kernel takes",
            context => context.Cgroups,
            (context, value) => context with { Cgroups = value },
            when: context => context.Cgroups.Count > 0)
        .Key(
            "netns",
            MetadataType.ListOf(NamedId.StoredNetns) with { Name = NamedId.StoredNetns.Name },
            "what a network namespace is called, in /run/netns for example; empty: no longer so. The netns id is there since 1.1, and only if it is known",
            context => context.NetworkNamespaces,
            (context, value) => context with { NetworkNamespaces = value },
            when: context => context.NetworkNamespaces.Count > 0);

    internal void Write(IBufferWriter<byte> target) => Map.Write(target, this);

    internal static CaptureContext Read(ReadOnlyMemory<byte> payload) => Map.Read(payload, new CaptureContext(), out _);
}
