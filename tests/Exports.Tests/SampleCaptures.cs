namespace TraceCap.Exports.Tests;

/// <summary>The captures of the repository.</summary>
internal static class SampleCaptures
{
    internal static string Path(string name) => Repository.File($"samples/captures/{name}.tcap");

    internal static FileStream Open(string name) => File.OpenRead(Path(name));
}
