using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TraceCap.Packaging.Tests;

/// <summary>The bill of materials against what is in the files.</summary>
public sealed partial class SbomTests
{
    private static JsonElement[] Components =>
        [.. JsonDocument.Parse(File.ReadAllText(Packages.Materials)).RootElement.GetProperty("components").EnumerateArray()];

    /// <summary>Whatever the compiler was given of packages is named, in its version; and nothing is that it was not given.</summary>
    [Fact]
    public void It_names_the_packages_that_are_compiled_into_the_executable()
    {
        var compiler = Repository.File("artifacts/obj/TraceCap.Cli/release_linux-x64/native/tracecap.ilc.rsp");
        Assert.SkipUnless(File.Exists(compiler), $"{compiler} is not there: ./build.sh publish leaves it");
        var given = File.ReadLines(compiler).Select(line => Reference().Match(line)).Where(match => match.Success)
            .Select(match => $"{match.Groups["name"].Value}@{match.Groups["version"].Value}".ToLowerInvariant()).Distinct();
        Assert.Equal(given.Order(StringComparer.Ordinal), Placed("compiled").Order(StringComparer.Ordinal));
    }

    /// <summary>Those libraries that are linked in, by the words that each leaves in the executable.</summary>
    [Fact]
    public void It_names_what_is_linked_into_the_executable()
    {
        var executable = File.ReadAllText(Packages.Published, System.Text.Encoding.Latin1);
        var traces = new Dictionary<string, string>
        {
            ["libbpf"] = "libbpf: ",
            ["elfutils-libelf"] = "invalid `Elf' handle",
            ["zlib-ng"] = Version("zlib-ng"),
            ["brotli"] = "BrotliDecoder",
        };
        Assert.Equal(traces.Keys.Order(StringComparer.Ordinal), Named("linked").Order(StringComparer.Ordinal));
        Assert.All(traces, trace => Assert.Contains(trace.Value, executable, StringComparison.Ordinal));
    }

    [Fact]
    public void It_names_what_is_embedded()
    {
        var executable = File.ReadAllBytes(Packages.Published).AsSpan();
        Assert.Equal(["dejavu-fonts", "uplot"], Named("embedded").Order(StringComparer.Ordinal));
        Assert.True(executable.IndexOf(System.Text.Encoding.BigEndianUnicode.GetBytes("Version " + Version("dejavu-fonts"))) > 0);
        Assert.True(executable.IndexOf(System.Text.Encoding.UTF8.GetBytes($"uPlot (v{Version("uplot")})")) > 0);
    }

    /// <summary>The engine says its own version; the libraries that charts are drawn with have theirs from their packages.</summary>
    [Fact]
    public void It_names_the_libraries_in_their_versions()
    {
        Assert.Contains("v" + Version("duckdb"), Shell.Run(Packages.Published, "query", Repository.File("samples/captures/nginx.tcap"), "SELECT version()"), StringComparison.Ordinal);
        Assert.Equal(
            ["DuckDB.NET.Bindings.Full", "HarfBuzzSharp.NativeAssets.Linux", "SkiaSharp.NativeAssets.Linux.NoDependencies", "duckdb", "harfbuzz", "skia"],
            Named("beside").Order(StringComparer.Ordinal));
    }

    /// <summary>Those parts of the libraries beside the executable that leave a trace in them are held against that.</summary>
    [Fact]
    public void It_names_what_these_libraries_are_made_of()
    {
        var traces = new Dictionary<string, string[]>
        {
            // Header-only parts, and those that no name tells from the rest, leave none.
            ["duckdb"] = [
                "brotli", "concurrentqueue=moodycamel", "fast_float", "fastpforlib", "fmt=duckdb_fmt", "fsst", "httplib", "hyperloglog", "icu=icu_66", "jaro_winkler", "jemalloc", "libpg_query",
                "lz4", "mbedtls", "miniz", "parquet", "pcg", "pdqsort", "re2=duckdb_re2", "ska_sort", "skiplist", "snappy=duckdb_snappy", "tdigest", "thrift", "utf8proc", "vergesort",
                "yyjson", "zstd"],
            ["skia"] = ["dng_sdk=dng_negative", "freetype=FREETYPE_PROPERTIES", "libjpeg-turbo", "libpng=libpng version", "libwebp=WEBP", "piex", "wuffs", "zlib=incorrect header check"],
        };
        foreach (var (library, parts) in traces)
        {
            var component = Components.Single(one => one.GetProperty("name").GetString() == library);
            var named = component.GetProperty("components").EnumerateArray().ToArray();
            Assert.Equal(parts.Select(part => part.Split('=')[0]), named.Select(one => one.GetProperty("name").GetString()));
            var file = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Packages.Published)!, library == "duckdb" ? "libduckdb.so" : "libSkiaSharp.so"), System.Text.Encoding.Latin1);
            Assert.All(parts.Where(part => part.Contains('=', StringComparison.Ordinal)), part => Assert.Contains(part.Split('=')[1], file, StringComparison.Ordinal));
            Assert.All(named.Where(one => one.TryGetProperty("version", out _)), one => Assert.Contains(one.GetProperty("version").GetString()!, file, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Its_hashes_are_those_of_the_files_in_the_package()
    {
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        Shell.Run("dpkg-deb", "--extract", Packages.Deb, folder);
        var hashes = Directory.GetFiles(Path.Combine(folder, "usr/lib/tracecap")).ToDictionary(
            file => Path.GetFileName(file), file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
        Directory.Delete(folder, recursive: true);
        Assert.Equal(hashes, Components.Where(one => one.GetProperty("type").GetString() == "file").ToDictionary(
            one => one.GetProperty("name").GetString()!, one => one.GetProperty("hashes")[0].GetProperty("content").GetString()!));
    }

    /// <summary>Each part has a licence, whose text is in the package, and is named there with whose work it is.</summary>
    [Fact]
    public void The_licence_of_each_part_is_in_the_package()
    {
        var copyright = Shell.Run("sh", "-c", $"dpkg-deb --fsys-tarfile {Packages.Deb} | tar -xO ./usr/share/doc/tracecap/copyright");
        Assert.All(Components.Where(one => one.GetProperty("type").GetString() == "library"), one =>
        {
            var licence = one.GetProperty("licenses")[0];
            var ids = licence.TryGetProperty("expression", out var expression)
                ? expression.GetString()!.Split(" OR ") : [licence.GetProperty("license").GetProperty("id").GetString()!];
            Assert.All(ids, id => Assert.Matches($@"(?m)^License: {Regex.Escape(id)}\n \S", copyright));
            Assert.Contains($"Files: {one.GetProperty("name").GetString()}/*\nCopyright: {one.GetProperty("copyright").GetString()!.Split('\n')[0]}\n", copyright, StringComparison.Ordinal);
        });
    }

    /// <summary>Of packages, in the form of name and version.</summary>
    private static IEnumerable<string> Placed(string place) =>
        In(place).Where(one => !one.GetProperty("name").GetString()!.StartsWith("Microsoft.NETCore.App.Runtime", StringComparison.Ordinal))
            .Select(one => $"{one.GetProperty("name").GetString()}@{one.GetProperty("version").GetString()}".ToLowerInvariant());

    private static IEnumerable<string> Named(string place) => In(place).Select(one => one.GetProperty("name").GetString()!);

    private static IEnumerable<JsonElement> In(string place) => Components.Where(
        one => one.TryGetProperty("properties", out var properties) && properties[0].GetProperty("value").GetString() == place);

    private static string Version(string name) =>
        Components.Single(one => one.GetProperty("name").GetString() == name).GetProperty("version").GetString()!;

    [GeneratedRegex(@"^-r:.*/\.?(nuget/)?packages/(?<name>[^/]+)/(?<version>[^/]+)/lib/")]
    private static partial Regex Reference();
}
