using System.Runtime.InteropServices;

namespace TraceCap.Recorder;

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

/// <summary>Questions to the running kernel's own type information (BTF).</summary>
internal static unsafe class KernelTypes
{
    internal const string Path = "/sys/kernel/btf/vmlinux";

    private const uint KindPointer = 2;
    private const uint KindTypedef = 8;

    internal static IoUringTracepoint FindIoUringTracepoint()
    {
        var types = Libbpf.LoadKernelTypes();
        if (types == 0)
        {
            throw ProbeException.FromErrno($"{Path} cannot be read", Marshal.GetLastPInvokeError());
        }

        try
        {
            // typedef void (*btf_trace_NAME)(void *, what the tracepoint passes ...)
            var id = Libbpf.FindType(types, "btf_trace_io_uring_complete", KindTypedef);
            if (id < 0)
            {
                return IoUringTracepoint.Absent;
            }

            var prototype = Referred(types, Referred(types, (uint)id));
            return (ParameterIsPointer(types, prototype, 2), ParameterIsPointer(types, prototype, 3)) switch
            {
                (false, _) => IoUringTracepoint.WithoutRequest,
                (true, false) => IoUringTracepoint.WithFields,
                (true, true) => IoUringTracepoint.WithCompletion,
            };
        }
        finally
        {
            Libbpf.FreeTypes(types);
        }
    }

    // struct btf_type is three words: the name, the kind with the number of members, the type referred to. A function
    // prototype is followed by two words for each parameter: its name, its type.
    private static uint Referred(nint types, uint id) => Libbpf.TypeById(types, id)[2];

    private static bool ParameterIsPointer(nint types, uint prototype, int index)
    {
        var words = Libbpf.TypeById(types, prototype);
        return index < (words[1] & 0xffff) && Kind(types, words[3 + (2 * index) + 1]) == KindPointer;
    }

    private static uint Kind(nint types, uint id) => (Libbpf.TypeById(types, id)[1] >> 24) & 0x1f;
}
