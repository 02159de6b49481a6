using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Kernel;

/// <summary>A part of a BPF map in the memory of the process.</summary>
internal sealed unsafe class Mapping : SafeHandle
{
    private static readonly nint failed = -1;

    private readonly long length;

    /// <param name="map">May be closed afterwards.</param>
    /// <param name="offset">Where the part begins, in bytes; a multiple of the page size.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="writable">Whether it is written to as well.</param>
    /// <exception cref="ProbeException">The kernel does not map it.</exception>
    internal Mapping(Descriptor map, long offset, long length, bool writable)
        : base(failed, ownsHandle: true)
    {
        this.length = length;
        var protection = writable ? Libc.ProtectionRead | Libc.ProtectionWrite : Libc.ProtectionRead;
        SetHandle(Libc.Map(0, (nuint)length, protection, Libc.MapShared, map, (nint)offset));
        if (IsInvalid)
        {
            throw ProbeException.FromErrno("a BPF map cannot be mapped into memory", Marshal.GetLastPInvokeError());
        }
    }

    /// <inheritdoc />
    public override bool IsInvalid => handle == failed;

    /// <summary>Keeps it mapped until what this gives is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It is not mapped any more.</exception>
    internal Use Hold() => new(this);

    /// <inheritdoc />
    protected override bool ReleaseHandle() => Libc.Unmap(handle, (nuint)length) == 0;

    /// <summary>The memory, while it is in use.</summary>
    internal readonly ref struct Use
    {
        private readonly Mapping mapping;

        internal Use(Mapping mapping)
        {
            this.mapping = mapping;
            var held = false;
            mapping.DangerousAddRef(ref held);
            Address = (byte*)mapping.handle;
        }

        /// <summary>Its first byte.</summary>
        internal byte* Address { get; }

        /// <summary>Lets it be unmapped.</summary>
        public void Dispose() => mapping.DangerousRelease();
    }
}
