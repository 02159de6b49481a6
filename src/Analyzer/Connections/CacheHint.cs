using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Connections;

/// <summary>Has memory brought near before it is needed. What is moved meanwhile does no harm: these are but hints.</summary>
internal static class CacheHint
{
    private const int Line = 64;

    /// <summary>A place of a table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void BringNear(ref int place)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref place));
        }
    }

    /// <summary>An event, which has almost three lines of the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void BringNear(in TcpEvent e)
    {
        if (Sse.IsSupported)
        {
            var line = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in e));
            Sse.Prefetch0(line);
            Sse.Prefetch0(line + Line);
            Sse.Prefetch0(line + (2 * Line));
        }
    }

    /// <summary>An entry, which has two and a half lines of the cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void BringNear(ref ConnectionEntry entry)
    {
        if (Sse.IsSupported)
        {
            var line = (byte*)Unsafe.AsPointer(ref entry);
            Sse.Prefetch0(line);
            Sse.Prefetch0(line + Line);
            Sse.Prefetch0(line + (2 * Line));
        }
    }
}
