using System.Text.RegularExpressions;

namespace TraceCap.Library.Tests;

/// <summary>What the page about testing says works for a newcomer, in a project that has nothing but the packages.</summary>
[Collection(nameof(Packaged))]
public sealed partial class FreshProjectTests(PackageFeed feed)
{
    private const long MostBytes = 3_000_000;

    /// <summary>A test that fails, in a file that any framework can take.</summary>
    private const string FailingTest = """
        using System;
        using System.Collections.Generic;
        using TraceCap.Testing;

        namespace Shop;

        FIXTURE
        public class FailingTests
        {
            TEST
            public void It_opens_few() => CaptureFixture.Open("nginx.tcap").ShouldHold("opened < 1000", "failed == 0");
        }
        """;

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net10.0")]
    public void The_tests_of_the_page_run_in_a_fresh_project(string framework)
    {
        feed.SkipUnlessMade();
        var path = feed.Folder(
            framework,
            ("Shop.Tests.csproj", Project(framework, "xunit.v3", "<Using Include=\"Xunit\" />", "TraceCap.Testing")),
            ("ShopTests.cs", File.ReadAllText(Repository.File("tests/Library.Tests/ShopTests.cs"))));
        Directory.CreateDirectory(Path.Combine(path, "captures"));
        File.Copy(Repository.File("samples/captures/nginx.tcap"), Path.Combine(path, "captures", "nginx.tcap"));
        feed.Run(path, "build", "-o", "out", "-v", "quiet");
        var output = feed.Run(path, Path.Combine("out", "Shop.Tests.dll"), "-noColor", "-noLogo");
        Assert.Matches(@"Total: [1-9]\d*, Errors: 0, Failed: 0, Skipped: 0", output);

        // What a test project has from TraceCap: all but the project itself, its fixture, and its framework.
        var ours = new DirectoryInfo(Path.Combine(path, "out")).GetFiles("*", SearchOption.AllDirectories).Where(file => !OfOthers().IsMatch(file.Name)).ToList();
        Assert.Contains(ours, file => file.Name == "TraceCap.Testing.dll");
        Assert.Contains(ours, file => file.Name == "MessagePack.dll");
        TestContext.Current.TestOutputHelper?.WriteLine($"{framework}: {ours.Sum(file => file.Length):N0} bytes in {string.Join(' ', ours.Select(file => file.Name))}");
        Assert.InRange(ours.Sum(file => file.Length), 1, MostBytes);
    }

    /// <summary>Each framework shows the whole message, and the line of the test.</summary>
    [Theory]
    [InlineData("xunit.v3", "using Xunit;", "", "[Fact]")]
    [InlineData("NUnit", "using NUnit.Framework;", "[TestFixture]", "[Test]")]
    [InlineData("MSTest", "using Microsoft.VisualStudio.TestTools.UnitTesting;", "[TestClass]", "[TestMethod]")]
    public void A_test_that_fails_says_why_in_each_framework(string framework, string import, string fixture, string test)
    {
        feed.SkipUnlessMade();
        var path = feed.Folder(
            framework,
            ("Shop.csproj", Project("net10.0", framework, "", "TraceCap.Testing")),
            ("FailingTests.cs", $"{import}\n{FailingTest.Replace("FIXTURE", fixture, StringComparison.Ordinal).Replace("TEST", test, StringComparison.Ordinal)}"));
        File.Copy(Repository.File("samples/captures/nginx.tcap"), Path.Combine(path, "nginx.tcap"));
        feed.Run(path, "build", "-o", "out", "-v", "quiet");
        var (code, output) = feed.Start(path, Path.Combine("out", "Shop.dll"));
        Assert.NotEqual(0, code);
        Assert.Contains("nginx.tcap: 1 of 2 expectations are met", output, StringComparison.Ordinal);
        Assert.Contains("FAILED  opened < 1000: 2,254", output, StringComparison.Ordinal);
        Assert.Contains("opened comes from:", output, StringComparison.Ordinal);
        Assert.Contains("and 2,249 more", output, StringComparison.Ordinal);
        Assert.Contains("FailingTests.cs", output, StringComparison.Ordinal);
        Assert.DoesNotContain("CaptureExpectations", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_console_program_draws_a_chart_and_a_report()
    {
        feed.SkipUnlessMade();
        var path = feed.Folder(
            "charts",
            ("Draw.csproj", Project("net8.0", "", "", "TraceCap.Charts")),
            ("Program.cs", Readme("Charts")));
        File.Copy(Repository.File("samples/captures/nginx.tcap"), Path.Combine(path, "run.tcap"));
        feed.Run(path, "build", "-o", "out", "-v", "quiet");
        feed.Run(path, Path.Combine("out", "Draw.dll"));
        Assert.Equal("\x89PNG"u8.ToArray()[^3..], File.ReadAllBytes(Path.Combine(path, "lifetime.png"))[1..4]);
        Assert.Contains("<figure id=\"chart-lifetime\">", File.ReadAllText(Path.Combine(path, "report.html")), StringComparison.Ordinal);
    }

    /// <summary>The examples of these packages' own pages.</summary>
    [Theory]
    [InlineData("Format", "0 ")]
    [InlineData("Analyzer", "9,000 events, none lost")]
    public void The_program_of_a_packages_page_runs(string package, string printed)
    {
        feed.SkipUnlessMade();
        var path = feed.Folder(package, ($"Read.csproj", Project("net10.0", "", "", $"TraceCap.{package}")), ("Program.cs", Readme(package)));
        File.Copy(Repository.File("samples/captures/nginx.tcap"), Path.Combine(path, "run.tcap"));
        feed.Run(path, "build", "-o", "out", "-v", "quiet");
        Assert.Contains(printed, feed.Run(path, Path.Combine("out", "Read.dll")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_script_of_the_page_runs()
    {
        feed.SkipUnlessMade();
        var script = Assert.Single(TestingPageTests.Examples, example => example.StartsWith("#:", StringComparison.Ordinal));
        var path = feed.Folder("script", ("script.cs", script));
        var output = feed.Run(path, "run", "script.cs", Repository.File("samples/captures/nginx.tcap"));
        Assert.Contains("9,000 events, none lost", output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:18080: ", output, StringComparison.Ordinal);
    }

    /// <summary>The example of C# on a package's page.</summary>
    private static string Readme(string package) =>
        Example().Match(File.ReadAllText(Repository.File($"src/{package}/README.md"))).Groups[1].Value;

    private static string Project(string target, string framework, string items, string package) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>{target}</TargetFramework>
            <OutputType>Exe</OutputType>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <NuGetAudit>false</NuGetAudit>
            <NoWarn>$(NoWarn);xUnit1051;MSTEST0001</NoWarn>
            <EnableNUnitRunner>true</EnableNUnitRunner>
            <EnableMSTestRunner>true</EnableMSTestRunner>
          </PropertyGroup>
          <ItemGroup>
            {items}
            {string.Concat(PackagesOf(framework).Select(one => $"<PackageReference Include=\"{one.Name}\" Version=\"{one.Version}\" />"))}
            <PackageReference Include="{package}" Version="{PackageFeed.Version}" />
          </ItemGroup>
        </Project>
        """;

    private static (string Name, string Version)[] PackagesOf(string framework) => framework switch
    {
        "" => [],
        "NUnit" => [("NUnit", "4.6.1"), ("NUnit3TestAdapter", "6.3.1")],
        "MSTest" => [("MSTest", "4.5.2")],
        _ => [(framework, Regex.Match(File.ReadAllText(Repository.File("Directory.Packages.props")), $"Include=\"{framework}\" Version=\"([^\"]+)\"").Groups[1].Value)],
    };

    [GeneratedRegex(@"^(Shop\.|xunit|Microsoft\.Testing|Microsoft\.(ApplicationInsights|Bcl\.AsyncInterfaces|Win32\.Registry)|.*\.tcap$)")]
    private static partial Regex OfOthers();

    [GeneratedRegex("^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
