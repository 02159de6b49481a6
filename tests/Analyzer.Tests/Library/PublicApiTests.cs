using System.Reflection;
using PublicApiGenerator;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Library;

/// <summary>The whole public API is in a file, so that whoever changes it sees that, and so does a reviewer.</summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = ["System.Diagnostics.DebuggerDisplayAttribute"],
    };

    [Fact]
    public void The_public_api_is_the_one_in_the_file()
    {
        var path = Repository.File("tests/Analyzer.Tests/Library/PublicApi.txt");
        var api = string.Join("\n\n", new[] { typeof(TcpEvent).Assembly, typeof(Connection).Assembly }.Select(Describe)) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, api);
        }

        Assert.Equal(File.ReadAllText(path), api);
    }

    private static string Describe(Assembly assembly) =>
        $"// {assembly.GetName().Name}\n{assembly.GeneratePublicApi(options).ReplaceLineEndings("\n").TrimEnd()}";
}
