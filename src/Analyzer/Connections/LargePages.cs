using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TraceCap.Analyzer.Connections;

/// <summary>Asks Linux for large pages (madvise(2), MADV_HUGEPAGE) where memory is read here and there: with pages of 4 KiB most of the time goes to
/// find where they are. It is but a hint; other systems go without.</summary>
internal static partial class LargePages
{
    private const nuint Size = 2 << 20;
    private const int HugePage = 14;

    private static bool isThere = OperatingSystem.IsLinux();

    /// <summary>An array, on large pages if it is long enough.</summary>
    /// <param name="length">How long it is.</param>
    /// <param name="value">What it holds.</param>
    internal static T[] Array<T>(int length, T value)
        where T : unmanaged
    {
        var array = Array<T>(length);
        System.Array.Fill(array, value);
        return array;
    }

    /// <summary>Makes an array longer.</summary>
    internal static void Resize<T>(ref T[] array, int length)
        where T : unmanaged
    {
        var longer = Array<T>(length);
        array.CopyTo(longer, 0);
        array = longer;
    }

    private static unsafe T[] Array<T>(int length)
        where T : unmanaged
    {
        var array = new T[length];
        var bytes = (nuint)length * (nuint)Unsafe.SizeOf<T>();
        if (isThere && bytes >= 2 * Size)
        {
            fixed (T* first = array)
            {
                var begin = ((nuint)first + Size - 1) & ~(Size - 1);
                Advise(begin, ((nuint)first + bytes - begin) & ~(Size - 1));
            }
        }

        return array;
    }

    private static void Advise(nuint begin, nuint length)
    {
        try
        {
            // A kernel without large pages refuses, and that is all.
            _ = Advise(begin, length, HugePage);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            isThere = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint begin, nuint length, int advice);
}
