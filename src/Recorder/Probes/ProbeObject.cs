using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>The BPF object of a probe set: opened, configured, loaded into the kernel, and its programs attached.</summary>
internal sealed unsafe class ProbeObject : IDisposable
{
    /// <summary>The first kernel with atomic additions in BPF that give the old value.</summary>
    private static readonly Version firstWithFetch = new(5, 12);

    private readonly ProbeSet set;
    private readonly List<ProbeProgram> programs;
    private readonly List<BpfLink> links = [];
    private readonly BpfObject bpf;

    internal ProbeObject(ProbeSet set, ProbeOptions options)
    {
        this.set = set;
        if (set.Obstacle is { } obstacle)
        {
            throw new ProbeSetException(set.Name, obstacle);
        }

        using var kernel = new KernelTypes();
        var ioUring = kernel.FindIoUringTracepoint();
        programs = [.. set.Programs.Where(program =>
            (!program.OfIoUring || (TellsRequest(ioUring) && kernel.HasTracepoint(program.Name)))
            && (!program.OfTaskFilter || options.JudgesOpenings)
            && (!program.OfTree || options.Tree is not null))];
        Limits = ioUring == IoUringTracepoint.WithoutRequest
            ? ["accepts through io_uring are not seen: before 5.18, the kernel does not tell them from reads"]
            : [];

        using var log = new LibbpfLog();
        bpf = Open(ResourceName(set, options, kernel), log);
        try
        {
            Configure(options, ioUring);
            foreach (var unused in set.Programs.Except(programs))
            {
                Check(Libbpf.SetAutoload(FindProgram(unused), false), unused.Name);
            }

            var error = Libbpf.LoadObject(bpf);
            if (error < 0)
            {
                throw ProbeSetException.FromErrno(set.Name, "the kernel did not load them", error, log.Tail(12));
            }

            WantedMaps.Fill(options, OpenMap);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What this kernel does not let the programs see, one sentence each.</summary>
    internal IReadOnlyList<string> Limits { get; }

    /// <summary>Opens programs to ask the kernel how often it skipped them.</summary>
    /// <param name="which">Which ones.</param>
    internal SkippedRuns OpenSkippedRuns(Predicate<ProbeProgram> which) =>
        new([.. from program in programs where which(program) select Libc.Duplicate(Libbpf.ProgramDescriptor(FindProgram(program)))]);

    internal Descriptor OpenMap(string name) => Libc.Duplicate(Libbpf.MapDescriptor(FindMap(name)));

    /// <summary>Puts all programs in place.</summary>
    /// <param name="cgroup">An open descriptor of the root of cgroup2.</param>
    internal void Attach(Descriptor cgroup)
    {
        using var log = new LibbpfLog();
        foreach (var program in programs)
        {
            var found = FindProgram(program);
            var link = program.OnCgroup ? Libbpf.AttachToCgroup(found, cgroup) : Libbpf.Attach(found);
            if (link.IsInvalid)
            {
                var errno = Marshal.GetLastPInvokeError();
                throw ProbeSetException.FromErrno(set.Name, $"the kernel did not attach {program.Name}", errno, log.Tail(4));
            }

            links.Add(link);
        }
    }

    /// <summary>Takes all programs out again, the last one first. They stay loaded.</summary>
    internal void Detach()
    {
        for (var i = links.Count - 1; i >= 0; i--)
        {
            links[i].Dispose();
        }

        links.Clear();
    }

    public void Dispose()
    {
        Detach();
        bpf.Dispose();
    }

    private static bool TellsRequest(IoUringTracepoint tracepoint) =>
        tracepoint is IoUringTracepoint.WithFields or IoUringTracepoint.WithCompletion;

    /// <summary>The embedded object for this processor and this kernel; see bpf/read.h, and count_event of bpf/tracecap.bpf.h.</summary>
    private static string ResourceName(ProbeSet set, ProbeOptions options, KernelTypes kernel)
    {
        var processor = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x86_64";
        var variant = HostFacts.ReadKernelVersion() < firstWithFetch ? ".no_fetch"
            : options.CopyReads || !kernel.HasFunction("bpf_rdonly_cast") ? ".copy_reads"
            : "";
        return $"{set.Name}.bpf.{processor}{variant}.o";
    }

    private static BpfObject Open(string name, LibbpfLog log)
    {
        using var resource = typeof(ProbeObject).Assembly.GetManifestResourceStream(name)
            ?? throw new ProbeException($"this build cannot record: {name} was not compiled into it; build it on Linux");

        // libbpf copies what it keeps, but reads ELF structures in place, and wants them aligned.
        var length = (nuint)resource.Length;
        var bytes = (byte*)NativeMemory.AlignedAlloc(length, 8);
        try
        {
            resource.ReadExactly(new Span<byte>(bytes, (int)length));
            fixed (byte* objectName = Encoding.UTF8.GetBytes("tracecap\0"))
            {
                var openOptions = new Libbpf.OpenOptions
                {
                    Size = (nuint)sizeof(Libbpf.OpenOptions),
                    ObjectName = objectName,
                };
                var opened = Libbpf.OpenObject(bytes, length, &openOptions);
                return !opened.IsInvalid
                    ? opened
                    : throw ProbeException.FromErrno($"libbpf refused {name}", Marshal.GetLastPInvokeError(), log.Tail(4));
            }
        }
        finally
        {
            NativeMemory.AlignedFree(bytes);
        }
    }

    private void Configure(ProbeOptions options, IoUringTracepoint ioUring)
    {
        SetEntries("events", (uint)options.RingBytes);
        SetEntries("attempts", (uint)options.MaxConnects);
        SetEntries("ledgers", (uint)Libbpf.PossibleCpus());
        SetEntries("kept", options.JudgesOpenings ? (uint)options.MaxKept : 1);
        SetEntries("tree", options.Tree is null ? 1 : (uint)ProcessTree.MostProcesses);
        WantedMaps.SetEntries(options, SetEntries);
        Reuse("cgroup_set", options.CgroupMap, PinnedMap.OpenCgroups);
        Reuse("mntns_set", options.MountNamespaceMap, PinnedMap.OpenMountNamespaces);

        var initial = Libbpf.InitialValue(FindMap(".rodata.options"), out var size);
        if (initial == null || size != (nuint)sizeof(ProbeOptions.Native))
        {
            throw new ProbeException($"the {set.Name} probes and this build disagree about their options; build it anew");
        }

        Unsafe.Write(initial, options.ToNative(ioUring, PidNamespace.Own()));
    }

    private void SetEntries(string map, uint entries) => Check(Libbpf.SetMaxEntries(FindMap(map), entries), map);

    private void Reuse(string map, string? path, Func<string, Descriptor> open)
    {
        if (path is null)
        {
            return;
        }

        // libbpf takes a descriptor of its own.
        using var pinned = open(path);
        Check(Libbpf.ReuseMap(FindMap(map), pinned), path);
    }

    private nint FindMap(string name) => Found(Libbpf.FindMap(bpf, name), name);

    private nint FindProgram(ProbeProgram program) => Found(Libbpf.FindProgram(bpf, program.Name), program.Name);

    private nint Found(nint part, string name) => part != 0
        ? part
        : throw new ProbeException($"the {set.Name} probes and this build disagree about {name}; build it anew");

    private static void Check(int error, string what)
    {
        if (error < 0)
        {
            throw ProbeException.FromErrno($"libbpf cannot set up {what}", error);
        }
    }
}
