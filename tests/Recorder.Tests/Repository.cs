using System.Reflection;

namespace TraceCap.Recorder.Tests;

/// <summary>Files of the repository that the tests use in place.</summary>
internal static class Repository
{
    private static readonly string Root = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "RepositoryRoot").Value!;

    internal static string File(string path) => Path.Combine(Root, path);
}
