using System.Runtime.InteropServices;

namespace TraceCap.Library.Tests;

/// <summary>
/// The packages as <c>./build.sh package-nuget</c> makes them, and projects in a folder outside of the repository that get them as everyone does: from
/// a feed. What is made here is put into no cache of the machine. TRACECAP_PACKAGES names a folder with packages that were made before, to save the time.
/// </summary>
public sealed class PackageFeed : IDisposable
{
    private static readonly string? made = Environment.GetEnvironmentVariable("TRACECAP_PACKAGES");
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;
    private readonly Lazy<string?> problem;

    public PackageFeed() => problem = new Lazy<string?>(Make);

    /// <summary>Where the packages are.</summary>
    internal static string Packages { get; } = Path.GetFullPath(made ?? Repository.File("artifacts/test-packages"));

    /// <summary>The version of all.</summary>
    internal static string Version { get; } = System.Text.RegularExpressions.Regex.Match(
        File.ReadAllText(Repository.File("Directory.Build.props")), "<Version>(.+)</Version>").Groups[1].Value;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Skips the test where there is no SDK, or nothing that a package could come from.</summary>
    internal void SkipUnlessMade() => Assert.SkipWhen(problem.Value is not null, problem.Value ?? "");

    /// <summary>A new folder with files.</summary>
    internal string Folder(string name, params (string Name, string Content)[] files)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (var file in files)
        {
            File.WriteAllText(Path.Combine(path, file.Name), file.Content);
        }

        return path;
    }

    /// <summary>Runs <c>dotnet</c>, which must do what it is told.</summary>
    /// <returns>What it printed. A test that needs a package that nobody has here is skipped.</returns>
    internal string Run(string directory, params string[] arguments)
    {
        var (code, output) = Start(directory, arguments);
        Assert.SkipWhen(IsOffline(output), $"a package is neither in the cache nor to be had from the network: {output}");
        Assert.True(code == 0, output);
        return output;
    }

    /// <inheritdoc cref="Run" />
    /// <returns>Its exit code, and what it printed.</returns>
    internal (int Code, string Output) Start(string directory, params string[] arguments) => Programs.Run(
        directory,
        ["dotnet", .. arguments],
        ("NUGET_PACKAGES", Path.Combine(folder, "packages")),
        // .NET 8 need not be installed.
        ("DOTNET_ROLL_FORWARD", "Major"));

    private static bool IsOffline(string output) => output.Contains("NU1301", StringComparison.Ordinal);

    private string? Make()
    {
        var (code, output) = made is null ? Programs.Run(
            // Beside those that a release is made of.
            Repository.Root, [Repository.File("build.sh"), "package-nuget", RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64", "win-x64"],
            ("PACKAGES", Packages)) : (0, "");
        if (code != 0)
        {
            return IsOffline(output) ? output : throw new InvalidOperationException(output);
        }

        // The sources of the machine stay; what it has of others in its cache is not asked for again.
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var others = Directory.CreateDirectory(Path.Combine(folder, "others")).FullName;
        foreach (var package in Directory.Exists(cache) ? Directory.EnumerateDirectories(cache) : [])
        {
            if (!Path.GetFileName(package).StartsWith("tracecap", StringComparison.Ordinal))
            {
                Directory.CreateSymbolicLink(Path.Combine(others, Path.GetFileName(package)), package);
            }
        }

        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="tracecap" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><add key="others" value="{others}" /></fallbackPackageFolders>
            </configuration>
            """);
        return null;
    }
}

/// <summary>The tests that share the packages.</summary>
[CollectionDefinition(nameof(Packaged))]
public sealed class Packaged : ICollectionFixture<PackageFeed>;
