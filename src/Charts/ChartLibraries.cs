using System.Runtime.InteropServices;

namespace TraceCap.Charts;

/// <summary>Charts cannot be drawn on this machine.</summary>
public sealed class ChartException(string message) : Exception(message);

/// <summary>The native libraries that charts are drawn with. They are not part of the executable, and nothing but charts
/// needs them.</summary>
internal static class ChartLibraries
{
    /// <summary>Loads them.</summary>
    /// <exception cref="ChartException">One is not there, or cannot be loaded.</exception>
    internal static void Load()
    {
        foreach (var name in (ReadOnlySpan<string>)["libSkiaSharp", "libHarfBuzzSharp"])
        {
            if (!NativeLibrary.TryLoad(name, typeof(ChartLibraries).Assembly, null, out _))
            {
                var file = name + (OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so");
                var path = Path.Combine(AppContext.BaseDirectory, file);
                throw new ChartException(File.Exists(path)
                    ? $"charts are drawn with {path}, which cannot be loaded on this machine"
                    : $"charts are drawn with {file}, which is not in {Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)}; copy it there from where tracecap was built (./build.sh publish leaves it beside the executable)");
            }
        }
    }
}
