using System.Xml.Linq;

namespace TraceCap.Packaging.Tests;

/// <summary>The packages that <c>./build.sh package</c> made for this machine.</summary>
internal static class Packages
{
    /// <summary>Where they are.</summary>
    internal static string Folder { get; } = Repository.File("artifacts/packages");

    /// <summary>The executable that they were made of.</summary>
    internal static string Published { get; } = Path.GetFullPath(
        Environment.GetEnvironmentVariable("TRACECAP") is { Length: > 0 } path ? path : "artifacts/tracecap/tracecap", Repository.Root);

    internal static string Version { get; } =
        XDocument.Load(Repository.File("Directory.Build.props")).Descendants("Version").Single().Value;

    internal static string Deb => DebOf("amd64");

    internal static string Rpm => RpmOf("amd64");

    /// <summary>Of the container, as an archive.</summary>
    internal static string Image => Made($"tracecap-{Version}-image-amd64.tar");

    internal static string Materials => Made($"tracecap-{Version}-linux-x64.cdx.json");

    /// <param name="architecture">As Debian calls it: amd64 or arm64.</param>
    internal static string DebOf(string architecture) => Made($"tracecap_{Version}-1_{architecture}.deb");

    /// <inheritdoc cref="DebOf" />
    internal static string RpmOf(string architecture) => Made($"tracecap-{Version}-1.{(architecture == "amd64" ? "x86_64" : "aarch64")}.rpm");

    /// <inheritdoc cref="DebOf" />
    internal static string ArchiveOf(string architecture) => Made($"tracecap-{Version}-linux-{(architecture == "amd64" ? "x64" : architecture)}.tar.gz");

    /// <summary>One of them. The test is skipped where it was not made, or not of the executable that is there now.</summary>
    private static string Made(string name)
    {
        var path = Path.Combine(Folder, name);
        Assert.SkipUnless(File.Exists(path), $"{path} is not there: ./build.sh package makes it");
        Assert.SkipWhen(
            File.GetLastWriteTimeUtc(path) < File.GetLastWriteTimeUtc(Published), $"{path} is older than {Published}: ./build.sh package makes it anew");
        return path;
    }
}
