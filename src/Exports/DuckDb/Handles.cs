using System.Runtime.InteropServices;

namespace TraceCap.Exports.DuckDb;

/// <summary>Objects that DuckDB keeps for us, as pointers.</summary>
internal static class Handles
{
    /// <summary>Gives an object away, until <see cref="Free"/>.</summary>
    internal static nint Give(object it) => GCHandle.ToIntPtr(GCHandle.Alloc(it));

    /// <summary>The object of a pointer.</summary>
    internal static T Get<T>(nint pointer)
        where T : class => (T)GCHandle.FromIntPtr(pointer).Target!;

    /// <summary>Takes it back.</summary>
    [UnmanagedCallersOnly]
    internal static void Free(nint pointer)
    {
        var handle = GCHandle.FromIntPtr(pointer);
        (handle.Target as IDisposable)?.Dispose();
        handle.Free();
    }
}
