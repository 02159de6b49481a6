using System.Diagnostics;

namespace TraceCap.Analyzer.Tests.Library;

/// <summary>
/// Projects in a folder outside of the repository that get the library as everyone does: as packages, from a feed that is made here.
/// </summary>
public sealed class FreshProjects : IDisposable
{
    /// <summary>No other version, so that no cache has it.</summary>
    private const string Version = "0.0.0-fresh";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;
    private readonly Lazy<string?> problem;

    public FreshProjects() => problem = new Lazy<string?>(MakeFeed);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A new folder with a file.</summary>
    internal string Folder(string name, params (string Name, string Content)[] files)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (var file in files)
        {
            File.WriteAllText(Path.Combine(path, file.Name), file.Content.Replace("0.1.0", Version, StringComparison.Ordinal));
        }

        return path;
    }

    /// <summary>Skips the test where there is no SDK, or nothing that a package could come from.</summary>
    internal void SkipUnlessPossible() => Assert.SkipWhen(problem.Value is not null, problem.Value ?? "");

    /// <summary>Runs <c>dotnet</c>.</summary>
    /// <returns>What it printed. A test that needs a package that nobody has here is skipped.</returns>
    internal string Run(string directory, params string[] arguments)
    {
        var (code, output) = Start(directory, arguments);
        Assert.SkipWhen(IsOffline(output), $"a package is neither in the cache nor to be had from the network: {output}");
        Assert.True(code == 0, output);
        return output;
    }

    private static bool IsOffline(string output) => output.Contains("NU1301", StringComparison.Ordinal);

    private (int Code, string Output) Start(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // .NET 8 need not be installed.
        start.Environment["DOTNET_ROLL_FORWARD"] = "Major";
        // A build server that stays would hold the pipe open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private string? MakeFeed()
    {
        var feed = Path.Combine(folder, "feed");
        foreach (var project in new[] { "Format", "Analyzer" })
        {
            var (code, output) = Start(
                Repository.Root, "pack", $"src/{project}", "-c", "Release", "-o", feed, $"-p:PackageVersion={Version}", "-p:RunAnalyzers=false", "-v", "quiet");
            if (code != 0)
            {
                return IsOffline(output) ? output : throw new InvalidOperationException(output);
            }
        }

        // The sources of the machine stay; what it has in its cache is not asked for again, and what is made here is not put there.
        var cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{folder}/packages" /></config>
              <packageSources><add key="fresh" value="{feed}" /></packageSources>
              <fallbackPackageFolders><add key="cache" value="{cache}" /></fallbackPackageFolders>
            </configuration>
            """);
        return null;
    }
}

/// <summary>What the page about testing says works for a newcomer.</summary>
public sealed class FreshProjectTests(FreshProjects projects) : IClassFixture<FreshProjects>
{
    private const long MaxBytes = 5_000_000;

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void The_tests_of_the_page_run_in_a_fresh_project(string framework)
    {
        projects.SkipUnlessPossible();
        var path = projects.Folder(
            framework,
            ("Shop.Tests.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>{framework}</TargetFramework>
                    <OutputType>Exe</OutputType>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                    <NuGetAudit>false</NuGetAudit>
                    <NoWarn>$(NoWarn);xUnit1051</NoWarn>
                  </PropertyGroup>
                  <ItemGroup>
                    <Using Include="Xunit" />
                    <PackageReference Include="xunit.v3" Version="{XunitVersion}" />
                    <PackageReference Include="TraceCap.Analyzer" Version="0.1.0" />
                    <None Include="{Repository.File("samples/captures/nginx.tcap")}" LinkBase="captures" CopyToOutputDirectory="PreserveNewest" />
                  </ItemGroup>
                </Project>
                """),
            ("ShopTests.cs", File.ReadAllText(Repository.File("tests/Analyzer.Tests/Library/ShopTests.cs"))));
        projects.Run(path, "build", "-o", "out", "-v", "quiet");
        var output = projects.Run(path, Path.Combine("out", "Shop.Tests.dll"), "-noColor", "-noLogo");
        Assert.Matches(@"Total: [1-9]\d*, Errors: 0, Failed: 0, Skipped: 0", output);

        var ours = new DirectoryInfo(Path.Combine(path, "out")).GetFiles("*", SearchOption.AllDirectories)
            .Where(file => !file.Name.StartsWith("xunit", StringComparison.Ordinal) && !file.Name.StartsWith("Microsoft.Testing", StringComparison.Ordinal)).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{framework}: {ours.Sum(file => file.Length):N0} bytes");
        Assert.InRange(ours.Where(file => file.Name.StartsWith("TraceCap", StringComparison.Ordinal)).Sum(file => file.Length), 1, MaxBytes);
    }

    [Fact]
    public void The_script_of_the_page_runs()
    {
        projects.SkipUnlessPossible();
        var script = Assert.Single(TestingPageTests.Examples, example => example.StartsWith("#:", StringComparison.Ordinal));
        var path = projects.Folder("script", ("script.cs", script));
        var output = projects.Run(path, "run", "script.cs", Repository.File("samples/captures/nginx.tcap"));
        Assert.Contains("9,000 events, none lost", output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:18080: ", output, StringComparison.Ordinal);
    }

    private static string XunitVersion => System.Text.RegularExpressions.Regex.Match(
        File.ReadAllText(Repository.File("Directory.Packages.props")), "Include=\"xunit.v3\" Version=\"([^\"]+)\"").Groups[1].Value;
}
