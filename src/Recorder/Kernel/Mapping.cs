using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Kernel;

/// <summary>BPF maps in the memory of the process.</summary>
internal static class Mapping
{
    internal static nint Create(int map, long offset, long length, bool writable)
    {
        var protection = writable ? Libc.ProtectionRead | Libc.ProtectionWrite : Libc.ProtectionRead;
        var address = Libc.Map(0, (nuint)length, protection, Libc.MapShared, map, (nint)offset);
        return address != Libc.MapFailed
            ? address
            : throw ProbeException.FromErrno("a BPF map cannot be mapped into memory", Marshal.GetLastPInvokeError());
    }

    internal static void Remove(nint address, long length) => Libc.Unmap(address, (nuint)length);
}
