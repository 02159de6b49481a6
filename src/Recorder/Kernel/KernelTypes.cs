using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Kernel;

/// <summary>What the tracepoint io_uring_complete passes; it changed with the kernel.</summary>
internal enum IoUringTracepoint
{
    /// <summary>A kernel without io_uring.</summary>
    Absent,

    /// <summary>Before 5.18: not the request, so that an accept cannot be told from a read.</summary>
    WithoutRequest,

    /// <summary>The request, and the fields of the completion one by one.</summary>
    WithFields,

    /// <summary>The request, and the completion itself.</summary>
    WithCompletion,
}

/// <summary>The running kernel's own type information (BTF), which tells what it can do better than its version.</summary>
internal sealed unsafe class KernelTypes : IDisposable
{
    internal const string Path = "/sys/kernel/btf/vmlinux";

    private const uint KindPointer = 2;
    private const uint KindTypedef = 8;
    private const uint KindFunction = 12;

    private readonly BpfTypes types = Libbpf.LoadKernelTypes();

    internal KernelTypes()
    {
        if (types.IsInvalid)
        {
            throw ProbeException.FromErrno($"{Path} cannot be read", Marshal.GetLastPInvokeError());
        }
    }

    public void Dispose() => types.Dispose();

    /// <summary>Whether programs may call this function of the kernel, or at least know it.</summary>
    internal bool HasFunction(string name) => Libbpf.FindType(types, name, KindFunction) > 0;

    internal bool HasTracepoint(string name) => FindTracepoint(name) > 0;

    internal IoUringTracepoint FindIoUringTracepoint()
    {
        var id = FindTracepoint("io_uring_complete");
        if (id < 0)
        {
            return IoUringTracepoint.Absent;
        }

        var prototype = Referred(Referred((uint)id));
        return (ParameterIsPointer(prototype, 2), ParameterIsPointer(prototype, 3)) switch
        {
            (false, _) => IoUringTracepoint.WithoutRequest,
            (true, false) => IoUringTracepoint.WithFields,
            (true, true) => IoUringTracepoint.WithCompletion,
        };
    }

    /// <summary>typedef void (*btf_trace_NAME)(void *, what the tracepoint passes ...)</summary>
    private int FindTracepoint(string name) => Libbpf.FindType(types, "btf_trace_" + name, KindTypedef);

    // struct btf_type is three words: the name, the kind with the number of members, the type referred to. A function
    // prototype is followed by two words for each parameter: its name, its type.
    private uint Referred(uint id) => Libbpf.TypeById(types, id)[2];

    private bool ParameterIsPointer(uint prototype, int index)
    {
        var words = Libbpf.TypeById(types, prototype);
        return index < (words[1] & 0xffff) && Kind(words[3 + (2 * index) + 1]) == KindPointer;
    }

    private uint Kind(uint id) => (Libbpf.TypeById(types, id)[1] >> 24) & 0x1f;
}
