namespace TraceCap.Recorder.Kernel;

/// <summary>A BPF map that the user made and pinned, to say which cgroups or mount namespaces to record.</summary>
internal static unsafe class PinnedMap
{
    private const uint TypeHash = 1;
    private const uint KeySize = 8;
    private const uint ValueSize = 8;

    /// <inheritdoc cref="OpenSet" />
    internal static Descriptor OpenCgroups(string path) => OpenSet(path, "cgroup ids");

    /// <inheritdoc cref="OpenSet" />
    internal static Descriptor OpenMountNamespaces(string path) => OpenSet(path, "inode numbers of mount namespaces");

    /// <summary>Opens the map, if it is a hash map with 8-byte keys and values.</summary>
    /// <param name="path">A path in a BPF file system.</param>
    /// <param name="keys">What its keys should be, in words.</param>
    /// <exception cref="ProbeException">It is something else, or nothing.</exception>
    private static Descriptor OpenSet(string path, string keys)
    {
        var advice = $"; expected a pinned hash map of {keys}: "
            + $"bpftool map create {path} type hash key 8 value 8 entries 128 name set";
        var descriptor = Libbpf.OpenPinned(path);
        if (descriptor.IsInvalid)
        {
            throw ProbeException.FromErrno(path, descriptor.Error, advice);
        }

        var found = Describe(descriptor);
        if (found is null)
        {
            return descriptor;
        }

        descriptor.Dispose();
        throw new ProbeException($"{path} is {found}{advice}");
    }

    /// <summary>What is wrong with it, or null.</summary>
    private static string? Describe(Descriptor descriptor)
    {
        // Pinned programs and links open just as well.
        var kind = new FileInfo(descriptor.Path).LinkTarget;
        if (kind is null || !kind.EndsWith("bpf-map", StringComparison.Ordinal))
        {
            return "not a map";
        }

        var info = default(Libbpf.MapInfo);
        var length = (uint)sizeof(Libbpf.MapInfo);
        var error = Libbpf.GetInfo(descriptor, &info, ref length);
        return error < 0 ? "a map that the kernel does not describe"
            : info.Type != TypeHash ? $"a map of type {info.Type}, not a hash map"
            : info.KeySize != KeySize ? $"a map with {info.KeySize}-byte keys"
            : info.ValueSize != ValueSize ? $"a map with {info.ValueSize}-byte values"
            : null;
    }
}
