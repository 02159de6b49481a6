using Microsoft.Win32.SafeHandles;

namespace TraceCap.Recorder.Kernel;

/// <summary>A BPF object of libbpf. Its maps and programs go with it.</summary>
internal sealed class BpfObject() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        Libbpf.CloseObject(handle);
        return true;
    }
}

/// <summary>What holds a program in its place: disposing it takes the program out.</summary>
internal sealed class BpfLink() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc />
    protected override bool ReleaseHandle() => Libbpf.DestroyLink(handle) == 0;
}

/// <summary>Type information (BTF) in memory.</summary>
internal sealed class BpfTypes() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        Libbpf.FreeTypes(handle);
        return true;
    }
}
