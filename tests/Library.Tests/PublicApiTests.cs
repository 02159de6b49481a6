using PublicApiGenerator;
using TraceCap.Analyzer;
using TraceCap.Charts;
using TraceCap.Format.Events;
using TraceCap.Testing;

namespace TraceCap.Library.Tests;

/// <summary>The whole public API of each package is in a file, so that whoever changes it sees that, and so does a reviewer. With
/// UPDATE_GOLDENS=1 the files are written anew.</summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = ["System.Diagnostics.DebuggerDisplayAttribute"],
    };

    [Theory]
    [InlineData(typeof(TcpEvent))]
    [InlineData(typeof(Capture))]
    [InlineData(typeof(CaptureCharts))]
    [InlineData(typeof(CaptureExpectations))]
    public void The_public_api_is_the_one_in_the_file(Type one)
    {
        var path = Repository.File($"tests/Library.Tests/PublicApi/{one.Assembly.GetName().Name}.txt");
        var api = one.Assembly.GeneratePublicApi(options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(path, api);
        }

        Assert.Equal(File.ReadAllText(path), api);
    }
}
