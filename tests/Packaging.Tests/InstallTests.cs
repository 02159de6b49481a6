using System.Text.RegularExpressions;

namespace TraceCap.Packaging.Tests;

/// <summary>Packages installed, used, replaced and removed on systems that have never had any of it.</summary>
public sealed class InstallTests
{
    private const string UnitLink = "/etc/systemd/system/multi-user.target.wants/tracecap.service";

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void One_line_installs_it_on_Debian_and_removing_it_leaves_nothing_but_captures(string architecture)
    {
        using var system = DebianSystem.Fresh(architecture);
        var newer = Newer(Packages.DebOf(architecture), architecture);
        system.Bring(Packages.DebOf(architecture), "older");
        system.Bring(newer, "newer");
        Directory.Delete(Path.GetDirectoryName(newer)!, recursive: true);
        var before = system.Files();

        var line = Line("Debian, Ubuntu", architecture);
        system.Type("cd /tmp/older && " + line);
        UseIt(system);
        Assert.Contains("tracecap-record", system.Type("man -w tracecap-record"), StringComparison.Ordinal);
        Assert.False(Path.Exists(system.Root + UnitLink), "nobody asked for the unit to be enabled");
        system.Type("systemctl enable tracecap");
        Assert.True(new FileInfo(system.Root + UnitLink).LinkTarget is not null);

        // As the unit leaves them: the folder of a dynamic user, and a link to it.
        string[] captures = ["/var/lib/private/tracecap", "/var/lib/private/tracecap/host-000001.tcap", "/var/lib/tracecap"];
        system.Type("mkdir -p -m 700 /var/lib/private/tracecap && ln -s private/tracecap /var/lib/tracecap && cp /captures/nginx.tcap /var/lib/tracecap/host-000001.tcap");
        // And what ships them: it has a note of what it has shipped.
        system.Type("mkdir -p -m 700 /var/lib/private/tracecap-ship && ln -s private/tracecap-ship /var/lib/tracecap-ship && touch /var/lib/tracecap-ship/journal");
        string[] shipped = ["/var/lib/private/tracecap-ship", "/var/lib/private/tracecap-ship/journal", "/var/lib/tracecap-ship"];
        var hash = system.Type("sha256sum </var/lib/tracecap/host-000001.tcap");

        system.Type("cd /tmp/newer && " + line);
        Assert.Equal("0.9.9-1", system.Type("dpkg-query -W -f '${Version}' tracecap"));
        Assert.True(new FileInfo(system.Root + UnitLink).LinkTarget is not null, "an upgrade leaves enabled what was enabled");
        UseIt(system);

        foreach (var verb in (string[])["remove", "purge"])
        {
            system.Type($"apt-get {verb} -y tracecap");
            Assert.Equal(before.Concat(captures).Concat(verb == "remove" ? shipped : []).Order(StringComparer.Ordinal), system.Files());
            Assert.Equal(hash, system.Type("sha256sum </var/lib/tracecap/host-000001.tcap"));
        }
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void The_rpm_installs_what_the_deb_does_and_leaves_nothing(string architecture)
    {
        Shell.SkipWithout("rpm");
        using var system = DebianSystem.Fresh(architecture);
        // rpm removes a folder that is empty then and of no other package of its own, even if dpkg has it.
        system.Type("mkdir -p /usr/share/fish/vendor_completions.d && touch /usr/share/fish/vendor_completions.d/other.fish");
        var before = system.Files();
        // The system is no Fedora: what it has of libraries is in no database of rpm's.
        Shell.Run("rpm", "--root", system.Root, "--install", "--nodeps", "--ignorearch", Packages.RpmOf(architecture));
        UseIt(system);
        Assert.False(Path.Exists(system.Root + UnitLink), "nobody asked for the unit to be enabled");
        Shell.Run("rpm", "--root", system.Root, "--erase", "tracecap");
        Assert.Equal(before, system.Files());
    }

    [Theory]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void One_line_unpacks_the_archive_where_it_is_found(string architecture)
    {
        using var system = DebianSystem.Fresh(architecture);
        system.Bring(Packages.ArchiveOf(architecture), "archive");
        system.Type("mkdir -p /usr/local/share /opt/completions && chmod 2775 /usr/local/bin && ln -s /opt/completions /usr/local/share/bash-completion");
        var before = system.Files();
        system.Type("cd /tmp/archive && " + Line("any Linux with glibc", architecture));
        UseIt(system);
        Assert.StartsWith("/usr/local/", system.Type("man -w tracecap-record"), StringComparison.Ordinal);
        Assert.Contains("ExecStart=/usr/local/bin/tracecap", system.Type("cat /usr/local/lib/systemd/system/tracecap.service"), StringComparison.Ordinal);
        // What was there is as it was.
        Assert.Equal("2775 symbolic link", system.Type("stat -c %a /usr/local/bin; stat -c %F /usr/local/share/bash-completion").Trim().Replace('\n', ' '));
        system.Type("cd /tmp/archive && " + Regex.Match(File.ReadAllText(Repository.File("docs/installing.md")), "`(tar -tzf [^`]*)`").Groups[1].Value
            .Replace("sudo ", "", StringComparison.Ordinal).Replace("linux-x64", "linux-*", StringComparison.Ordinal));
        Assert.DoesNotContain(system.Files().Except(before), path => File.Exists(system.Root + path));
    }

    /// <summary>What docs/installing.md tells to type on such a system, which has no sudo.</summary>
    private static string Line(string where, string architecture) => Regex.Match(
        File.ReadAllText(Repository.File("docs/installing.md")), $@"^\| {where}[^|]* \| `sudo (.*)` \|$", RegexOptions.Multiline).Groups[1].Value
        .Replace("amd64", architecture, StringComparison.Ordinal).Replace("linux-x64", architecture == "amd64" ? "linux-x64" : "linux-arm64", StringComparison.Ordinal);

    /// <summary>The executable, and each of the libraries beside it, does what it is for.</summary>
    private static void UseIt(DebianSystem system)
    {
        Assert.Contains("curl", system.Type("tracecap replay /captures/tcptracer-example.tcap"), StringComparison.Ordinal);
        Assert.Contains("4", system.Type("tracecap query /captures/tcptracer-example.tcap 'SELECT count(*) FROM connections'"), StringComparison.Ordinal);
        system.Type("tracecap plot lifetime /captures/nginx.tcap -o /tmp/life.png --force");
        Assert.Equal([0x89, .. "PNG"u8], File.ReadAllBytes(Path.Combine(system.Root, "tmp/life.png"))[..4]);
    }

    /// <summary>The same package, as if it were of a later version.</summary>
    private static string Newer(string deb, string architecture)
    {
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        Shell.Run("dpkg-deb", "--raw-extract", deb, folder);
        var control = Path.Combine(folder, "DEBIAN/control");
        File.WriteAllText(control, File.ReadAllText(control).Replace($"Version: {Packages.Version}-1\n", "Version: 0.9.9-1\n", StringComparison.Ordinal));
        var newer = Path.Combine(Directory.CreateTempSubdirectory("tracecap").FullName, $"tracecap_0.9.9-1_{architecture}.deb");
        Shell.Run("dpkg-deb", "-Znone", "--root-owner-group", "--build", folder, newer);
        Directory.Delete(folder, recursive: true);
        return newer;
    }
}
