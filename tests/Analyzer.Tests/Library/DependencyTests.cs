using System.Reflection;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Tests.Library;

/// <summary>A test project that reads captures stays small: what draws is half a gigabyte of native libraries.</summary>
public sealed class DependencyTests
{
    [Fact]
    public void The_analyzer_brings_nothing_that_draws()
    {
        Assert.DoesNotContain(typeof(Connection).Assembly.GetReferencedAssemblies(), IsOfCharts);
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(AppContext.BaseDirectory, "*", SearchOption.AllDirectories),
            path => IsOfCharts(new AssemblyName { Name = Path.GetFileName(path) }));
    }

    private static bool IsOfCharts(AssemblyName name) =>
        new[] { "Skia", "ScottPlot", "HarfBuzz" }.Any(word => name.Name!.Contains(word, StringComparison.OrdinalIgnoreCase));
}
