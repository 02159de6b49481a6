using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace TraceCap.Library.Tests;

/// <summary>What is in the packages, and what they say of themselves.</summary>
[Collection(nameof(Packaged))]
public sealed class PackageTests(PackageFeed feed)
{
    private static readonly Guid sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    /// <summary>Each library, and all that it depends on: a package of a version that is missing here (Microsoft.NET.StringTools) is named, so that another one is taken.</summary>
    public static TheoryData<string, string> Libraries => new()
    {
        { "TraceCap.Format", "K4os.Compression.LZ4 MessagePack Microsoft.NET.StringTools System.IO.Hashing" },
        { "TraceCap.Analyzer", "TraceCap.Format" },
        { "TraceCap.Charts", "HarfBuzzSharp.NativeAssets.Linux ScottPlot SkiaSharp SkiaSharp.HarfBuzz SkiaSharp.NativeAssets.Linux.NoDependencies TraceCap.Analyzer" },
        { "TraceCap.Testing", "TraceCap.Analyzer" },
    };

    public static TheoryData<string> Packages => ["TraceCap.Format", "TraceCap.Analyzer", "TraceCap.Charts", "TraceCap.Testing", "tracecap", "tracecap.linux-x64", "tracecap.win-x64"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_a_page_an_icon_a_licence_and_says_where_it_comes_from(string name)
    {
        feed.SkipUnlessMade();
        using var package = Open(name, "nupkg");
        var about = About(package);
        Assert.Equal(PackageFeed.Version, Value(about, "version"));
        Assert.Equal("Apache-2.0", Value(about, "license"));
        Assert.NotEqual("Package Description", Value(about, "description"));
        Assert.Equal("TraceCap contributors", Value(about, "authors"));
        Assert.NotEmpty(Read(package, Value(about, "readme")!));
        Assert.Equal("PNG", Encoding.ASCII.GetString(Read(package, Value(about, "icon")!), 1, 3));
        var repository = about.Element(about.Name.Namespace + "repository")!;
        Assert.Equal("git", repository.Attribute("type")!.Value);
        Assert.StartsWith("https://", repository.Attribute("url")!.Value, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{40}$", repository.Attribute("commit")!.Value);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_depends_on_what_it_needs_and_nothing_else(string name, string needed)
    {
        feed.SkipUnlessMade();
        using var package = Open(name, "nupkg");
        var groups = About(package).Descendants().Where(element => element.Name.LocalName == "group").ToList();
        Assert.Equal(["net10.0", "net8.0"], groups.Select(group => group.Attribute("targetFramework")!.Value).Order(StringComparer.Ordinal));
        Assert.All(groups, group => Assert.Equal(needed, string.Join(' ', group.Elements().Select(one => one.Attribute("id")!.Value).Order(StringComparer.Ordinal))));
        Assert.All(["net8.0", "net10.0"], framework => Assert.All([".dll", ".xml"], ending => Assert.NotNull(package.GetEntry($"lib/{framework}/{name}{ending}"))));
    }

    /// <summary>The symbols are those of the assembly, say where the sources are, and nothing says where they were compiled.</summary>
    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_librarys_symbols_lead_to_its_sources(string name, string needed)
    {
        Assert.NotEmpty(needed);
        feed.SkipUnlessMade();
        using var package = Open(name, "nupkg");
        using var symbols = Open(name, "snupkg");
        Assert.All(["net8.0", "net10.0"], framework =>
        {
            var (code, pdb) = (Read(package, $"lib/{framework}/{name}.dll"), Read(symbols, $"lib/{framework}/{name}.pdb"));
            using var assembly = new PEReader(new MemoryStream(code));
            using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(pdb));
            var reader = provider.GetMetadataReader();
            var expected = assembly.ReadDebugDirectory().Single(entry => entry.Type == DebugDirectoryEntryType.CodeView);
            Assert.Equal(assembly.ReadCodeViewDebugDirectoryData(expected).Guid, new Guid(reader.DebugMetadataHeader!.Id.AsSpan()[..16]));

            var link = reader.GetCustomDebugInformation(EntityHandle.ModuleDefinition).Select(reader.GetCustomDebugInformation).Single(entry => reader.GetGuid(entry.Kind) == sourceLink);
            Assert.Matches("""^\{"documents":\{"/_/\*":"https://.*/v[0-9.]+/\*"\}\}$""", Encoding.UTF8.GetString(reader.GetBlobBytes(link.Value)));
            Assert.All(reader.Documents, document => Assert.StartsWith("/_/", reader.GetString(reader.GetDocument(document).Name), StringComparison.Ordinal));
            Assert.All([code, pdb], bytes => Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root))));
        });
    }

    /// <summary>Windows needs its own libraries to draw and to run SQL, and none of Linux'; symbols of these are larger than all else.</summary>
    [Fact]
    public void The_zip_for_Windows_has_what_it_takes_there()
    {
        feed.SkipUnlessMade();
        using var zip = ZipFile.OpenRead(Path.Combine(PackageFeed.Packages, $"tracecap-{PackageFeed.Version}-win-x64.zip"));
        var names = zip.Entries.Select(entry => entry.FullName).ToList();
        Assert.All(
            ["tracecap.cmd", "tracecap.dll", "tracecap.runtimeconfig.json", "libSkiaSharp.dll", "libHarfBuzzSharp.dll", "duckdb.dll", "LICENSE", "README.md"],
            name => Assert.Contains($"tracecap-win-x64/{name}", names));
        Assert.DoesNotContain(names, name => name.EndsWith(".so", StringComparison.Ordinal) || name.EndsWith(".pdb", StringComparison.Ordinal) || name.EndsWith(".dylib", StringComparison.Ordinal));
    }

    /// <summary>The tool holds the work of others, whose terms want to go with it.</summary>
    [Theory]
    [InlineData("win-x64", "DuckDB")]
    [InlineData("linux-x64", "libbpf")]
    public void The_tool_says_whose_work_it_holds(string runtime, string part)
    {
        feed.SkipUnlessMade();
        Assert.SkipUnless(File.Exists(PathOf($"tracecap.{runtime}", "nupkg")), $"the tool was not packed for {runtime} here");
        using var package = Open($"tracecap.{runtime}", "nupkg");
        Assert.All(["notices/duckdb.txt", "notices/duckdb-1.txt", "licences/Apache-2.0"], name => Assert.NotEmpty(Read(package, name)));
        Assert.Contains(part, Encoding.UTF8.GetString(Read(package, "copyright")), StringComparison.Ordinal);
    }

    /// <summary>Nothing of the time or of chance is in a package.</summary>
    [Fact]
    public void A_package_that_is_made_again_has_the_same_bytes()
    {
        feed.SkipUnlessMade();
        var folder = feed.Folder("again");
        var time = Programs.Run(Repository.Root, ["git", "log", "-1", "--format=%ct"]).Output.Trim();
        var (code, output) = Programs.Run(
            Repository.Root, ["dotnet", "pack", "src/Testing", "-c", "Release", "--no-build", "-o", folder, "-v", "quiet"], ("SOURCE_DATE_EPOCH", time));
        Assert.True(code == 0, output);
        Assert.All(["nupkg", "snupkg"], kind =>
            Assert.Equal(File.ReadAllBytes(PathOf("TraceCap.Testing", kind)), File.ReadAllBytes(Path.Combine(folder, Path.GetFileName(PathOf("TraceCap.Testing", kind))))));
    }

    /// <summary>Of a release, nothing that it offered may be gone: here as if it had offered what another library does.</summary>
    [Fact]
    public void A_package_is_held_against_that_of_a_release()
    {
        feed.SkipUnlessMade();
        var release = feed.Folder("release");
        var package = Path.Combine(release, Path.GetFileName(PathOf("TraceCap.Testing", "nupkg")));
        File.Copy(PathOf("TraceCap.Testing", "nupkg"), package);
        var (code, output) = Pack();
        Assert.True(code == 0, output);

        using (var archive = ZipFile.Open(package, ZipArchiveMode.Update))
        {
            const string Name = "lib/net8.0/TraceCap.Testing.dll";
            archive.GetEntry(Name)!.Delete();
            using var other = Open("TraceCap.Charts", "nupkg");
            using var entry = archive.CreateEntry(Name).Open();
            entry.Write(Read(other, "lib/net8.0/TraceCap.Charts.dll"));
        }

        (code, output) = Pack();
        Assert.NotEqual(0, code);
        Assert.Contains("CP0001", output, StringComparison.Ordinal);
        Assert.Contains("TraceCap.Charts.CaptureCharts", output, StringComparison.Ordinal);

        (int Code, string Output) Pack() => Programs.Run(
            Repository.Root,
            ["dotnet", "pack", "src/Testing", "-c", "Release", "--no-build", "-o", Path.Combine(release, "new"), $"-p:BaselineFolder={release}", $"-p:BaselineVersion={PackageFeed.Version}"]);
    }

    private static string PathOf(string name, string kind) => Path.Combine(PackageFeed.Packages, $"{name}.{PackageFeed.Version}.{kind}");

    private static ZipArchive Open(string name, string kind) => ZipFile.OpenRead(PathOf(name, kind));

    private static byte[] Read(ZipArchive package, string name)
    {
        using var content = new MemoryStream();
        using var entry = (package.GetEntry(name) ?? throw new FileNotFoundException(name)).Open();
        entry.CopyTo(content);
        return content.ToArray();
    }

    private static XElement About(ZipArchive package) => XDocument
        .Load(new MemoryStream(Read(package, package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).FullName)))
        .Root!.Elements().Single();

    private static string? Value(XElement about, string name) => about.Element(about.Name.Namespace + name)?.Value;
}
