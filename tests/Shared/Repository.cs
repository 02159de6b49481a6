using System.Reflection;

namespace TraceCap.Tests;

/// <summary>Files of the repository that the tests use in place.</summary>
internal static class Repository
{
    internal static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "RepositoryRoot").Value!;

    internal static string File(string path) => Path.Combine(Root, path);
}
