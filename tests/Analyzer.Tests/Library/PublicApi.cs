using System.Reflection;
using PublicApiGenerator;

namespace TraceCap.Analyzer.Tests.Library;

/// <summary>The whole public API is in a file, so that whoever changes it sees that, and so does a reviewer.</summary>
internal static class PublicApi
{
    private static readonly ApiGeneratorOptions options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = ["System.Diagnostics.DebuggerDisplayAttribute"],
    };

    /// <summary>Compares that of assemblies with the file; with UPDATE_GOLDENS=1 the file is written anew.</summary>
    internal static void Compare(string file, params Assembly[] assemblies)
    {
        var path = Repository.File(file);
        var api = string.Join("\n\n", assemblies.Select(Describe)) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, api);
        }

        Assert.Equal(File.ReadAllText(path), api);
    }

    private static string Describe(Assembly assembly) =>
        $"// {assembly.GetName().Name}\n{assembly.GeneratePublicApi(options).ReplaceLineEndings("\n").TrimEnd()}";
}
