using System.Security.Cryptography;

namespace TraceCap.Packaging.Tests;

/// <summary>The same sources give the same bytes.</summary>
public sealed class ReproducibilityTests
{
    /// <summary>Whatever the time, the folder, the user's mask and language are. <c>./build.sh package-twice</c> compiles twice as well.</summary>
    [Fact]
    public void The_same_executable_gives_the_same_packages()
    {
        Shell.SkipWithout("dpkg-deb", "rpmbuild", "scdoc");
        Assert.SkipUnless(File.Exists(Packages.Published), "nothing was published: ./build.sh publish");
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        // Packing the large libraries would take most of the time, and is done by the same programs.
        Directory.CreateDirectory(Path.Combine(folder, "one"));
        Directory.CreateDirectory(Path.Combine(folder, "another/place"));
        foreach (var place in (string[])["one", "another/place"])
        {
            File.Copy(Packages.Published, Path.Combine(folder, place, "tracecap"));
            File.Copy(Path.Combine(Path.GetDirectoryName(Packages.Published)!, "libHarfBuzzSharp.so"), Path.Combine(folder, place, "libHarfBuzzSharp.so"));
            File.Copy(Path.GetDirectoryName(Packages.Published)! + ".assets.json", Path.Combine(folder, place + ".assets.json"));
        }

        var first = Package(Path.Combine(folder, "one"), "umask 022; export TZ=UTC LANG=C");
        var second = Package(Path.Combine(folder, "another/place"), "umask 077; export TZ=Asia/Kathmandu LANG=de_DE.UTF-8 TMPDIR=" + folder);
        Assert.Equal(4, first.Count);
        Assert.Equal(first, second);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_sums_are_those_of_the_packages()
    {
        _ = Packages.Deb;
        var sums = File.ReadAllLines(Path.Combine(Packages.Folder, "SHA256SUMS"));
        Assert.All(
            (string[])[Packages.Deb, Packages.Rpm, Packages.ArchiveOf("amd64"), Packages.Materials, Packages.Image],
            path => Assert.Contains($"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}  {Path.GetFileName(path)}", sums));
    }

    private static Dictionary<string, string> Package(string published, string before)
    {
        var made = Path.Combine(published, "packages");
        Shell.Run("bash", "-c", $"{before}; export VERSION=1.2.3 SOURCE_DATE_EPOCH=1000000000; "
            + $"packaging/package linux-x64 {published} / {Packages.Published} {made}");
        return Directory.GetFiles(made).ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));
    }
}
