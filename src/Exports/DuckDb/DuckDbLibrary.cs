using System.Runtime.InteropServices;

namespace TraceCap.Exports.DuckDb;

/// <summary>SQL cannot be run, or says what cannot be done.</summary>
internal sealed class SqlException : Exception
{
    internal SqlException(string message, bool isUsage = false)
        : base(message) => IsUsage = isUsage;

    /// <summary>Whether what was asked for is wrong, and not what was found.</summary>
    internal bool IsUsage { get; }
}

/// <summary>The native library of DuckDB. It is not part of the executable, and nothing but SQL needs it.</summary>
internal static class DuckDbLibrary
{
    /// <summary>Loads it.</summary>
    /// <exception cref="SqlException">It is not there, or cannot be loaded.</exception>
    internal static void Load()
    {
        if (NativeLibrary.TryLoad(DuckDbApi.Library, typeof(DuckDbLibrary).Assembly, null, out _))
        {
            return;
        }

        var file = OperatingSystem.IsWindows() ? "duckdb.dll" : OperatingSystem.IsMacOS() ? "libduckdb.dylib" : "libduckdb.so";
        var path = Path.Combine(AppContext.BaseDirectory, file);
        throw new SqlException(File.Exists(path)
            ? $"SQL is run by {path}, which cannot be loaded on this machine"
            : $"SQL is run by {file} of DuckDB, which is not in {Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)}; copy it there from where tracecap was built (./build.sh publish leaves it beside the executable), or from https://duckdb.org");
    }
}
