using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TraceCap.Recorder.Kernel;

/// <summary>A BPF object of libbpf. Its maps and programs go with it.</summary>
internal sealed partial class BpfObject() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        Close(handle);
        return true;
    }

    [LibraryImport("libbpf", EntryPoint = "bpf_object__close")]
    private static partial void Close(nint bpfObject);
}

/// <summary>What holds a program in its place: disposing it takes the program out.</summary>
internal sealed partial class BpfLink() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc />
    protected override bool ReleaseHandle() => Destroy(handle) == 0;

    [LibraryImport("libbpf", EntryPoint = "bpf_link__destroy")]
    private static partial int Destroy(nint link);
}

/// <summary>Type information (BTF) in memory.</summary>
internal sealed partial class BpfTypes() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        Free(handle);
        return true;
    }

    [LibraryImport("libbpf", EntryPoint = "btf__free")]
    private static partial void Free(nint types);
}
