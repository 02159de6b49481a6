using System.Text.RegularExpressions;

namespace TraceCap.Packaging.Tests;

/// <summary>The package for Debian.</summary>
public sealed partial class DebTests
{
    [Fact]
    public void Everything_is_where_Debian_looks_for_it()
    {
        var files = Shell.Lines("dpkg-deb", "--contents", Packages.Deb).Select(line => Entry().Match(line)).ToDictionary(
            match => match.Groups["path"].Value, match => (Mode: match.Groups["mode"].Value, Owner: match.Groups["owner"].Value));
        foreach (var expected in (string[])[
            "./usr/bin/tracecap -> ../lib/tracecap/tracecap", "./usr/lib/tracecap/tracecap", "./usr/lib/tracecap/libduckdb.so",
            "./usr/lib/tracecap/libSkiaSharp.so", "./usr/lib/tracecap/libHarfBuzzSharp.so", "./usr/share/man/man1/tracecap.1.gz",
            "./usr/share/man/man1/tracecap-record.1.gz", "./usr/share/bash-completion/completions/tracecap",
            "./usr/share/zsh/vendor-completions/_tracecap", "./usr/share/fish/vendor_completions.d/tracecap.fish",
            "./usr/lib/systemd/system/tracecap.service", "./usr/lib/systemd/system/tracecap-ship.service",
            "./usr/lib/systemd/system/tracecap-apparmor.service", "./usr/share/tracecap/apparmor.d/tracecap-record", "./usr/share/tracecap/apparmor.d/tracecap-ship",
            "./usr/share/doc/tracecap/copyright", "./usr/share/doc/tracecap/changelog.gz", "./usr/share/doc/tracecap/tracecap.cdx.json"])
        {
            Assert.Contains(expected, files.Keys);
        }

        Assert.All(files, file => Assert.Equal("root/root", file.Value.Owner));
        Assert.DoesNotContain(files, file => file.Key.EndsWith(".dbg", StringComparison.Ordinal));
        Assert.Equal("-rwxr-xr-x", files["./usr/lib/tracecap/tracecap"].Mode);
        Assert.All(files.Where(file => file.Key.EndsWith(".so", StringComparison.Ordinal)), file => Assert.Equal("-rw-r--r--", file.Value.Mode));
    }

    /// <summary>Each command has a page, and each page a command.</summary>
    [Fact]
    public void Every_command_has_a_man_page()
    {
        var pages = Shell.Lines("dpkg-deb", "--contents", Packages.Deb).Select(line => ManPage().Match(line)).Where(match => match.Success)
            .Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        Shell.Run(Packages.Published, "manual", folder);
        Assert.Equal(Directory.GetFiles(folder, "*.scd").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal), pages);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Neither an error nor a warning. What it only remarks is about libraries of others.</summary>
    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void Lintian_finds_nothing(string architecture)
    {
        Shell.SkipWithout("lintian");
        var (_, output, _) = Shell.Try("lintian", "--allow-root", "--no-cfg", "--fail-on", "none", Packages.DebOf(architecture));
        Assert.Equal("", output);
    }

    /// <summary>What the files ask the loader for is in the packages that this one depends on, in the versions it says.</summary>
    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void It_depends_on_what_its_files_need(string architecture)
    {
        Shell.SkipWithout("objdump");
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        Shell.Run("dpkg-deb", "--extract", Packages.DebOf(architecture), folder);
        var needed = new SortedSet<string>(StringComparer.Ordinal);
        var newest = new Version(2, 0);
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "usr/lib/tracecap")))
        {
            var headers = Shell.Run("objdump", "-p", file);
            needed.UnionWith(Needed().Matches(headers).Select(match => match.Groups[1].Value));
            newest = GlibcVersion().Matches(headers).Select(match => Version.Parse(match.Groups[1].Value)).Append(newest).Max()!;
        }

        Directory.Delete(folder, recursive: true);
        var depends = Shell.Run("dpkg-deb", "--field", Packages.DebOf(architecture), "Depends").Trim();
        Assert.Equal($"libc6 (>= {newest}), libgcc-s1, libstdc++6", depends);
        var provided = new Dictionary<string, string>
        {
            ["libgcc_s.so.1"] = "libgcc-s1",
            ["libstdc++.so.6"] = "libstdc++6",
        };
        Assert.All(needed, library => Assert.True(
            provided.ContainsKey(library) || LibraryOfGlibc().IsMatch(library), $"{library} is in none of: {depends}"));
    }

    [GeneratedRegex(@"^(?<mode>\S+) (?<owner>\S+) +\d+ \S+ \S+ (?<path>.*)$")]
    private static partial Regex Entry();

    [GeneratedRegex(@"\./usr/share/man/man1/(.*\.1)\.gz$")]
    private static partial Regex ManPage();

    [GeneratedRegex(@"^  NEEDED +(\S+)$", RegexOptions.Multiline)]
    private static partial Regex Needed();

    [GeneratedRegex(@" GLIBC_(2\.\d+)$", RegexOptions.Multiline)]
    private static partial Regex GlibcVersion();

    [GeneratedRegex(@"^(lib(c|m|dl|pthread|rt)|ld-linux-(x86-64|aarch64))\.so\.\d$")]
    private static partial Regex LibraryOfGlibc();
}
