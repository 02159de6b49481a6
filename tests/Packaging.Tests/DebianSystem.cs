namespace TraceCap.Packaging.Tests;

/// <summary>A Debian as debootstrap installs it, to install packages on; what is done to it is gone afterwards.</summary>
internal sealed class DebianSystem : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap-system").FullName;

    private DebianSystem(string lower)
    {
        Root = Path.Combine(folder, "root");
        foreach (var name in (string[])["root", "upper", "work"])
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        // Overlays do not lie on overlays, but they do on memory.
        Shell.Run("mount", "-t", "tmpfs", "none", Path.Combine(folder, "upper"));
        Directory.CreateDirectory(Path.Combine(folder, "upper/files"));
        Directory.CreateDirectory(Path.Combine(folder, "upper/work"));
        Shell.Run("mount", "-t", "overlay", "none", "-o", $"lowerdir={lower},upperdir={folder}/upper/files,workdir={folder}/upper/work", Root);
        Shell.Run("mount", "-t", "proc", "none", Path.Combine(Root, "proc"));
        Shell.Run("mount", "--bind", "/dev/null", Null());
        Directory.CreateDirectory(Path.Combine(Root, "captures"));
        foreach (var capture in (string[])["nginx.tcap", "tcptracer-example.tcap"])
        {
            File.Copy(Repository.File("samples/captures/" + capture), Path.Combine(Root, "captures", capture));
        }
    }

    /// <summary>Where it lies.</summary>
    internal string Root { get; }

    /// <summary>A fresh one. The test is skipped where there is none, or nothing may be mounted.</summary>
    /// <param name="architecture">As Debian calls it. Programs of arm64 run on an emulated processor.</param>
    internal static DebianSystem Fresh(string architecture = "amd64")
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can install packages");
        var lower = Repository.File("tests/vm/systems/bookworm" + (architecture == "amd64" ? "" : $"-{architecture}"));
        Assert.SkipUnless(Directory.Exists(lower), $"{lower} is not there: tests/vm/vmsystem {architecture} makes it");
        return new DebianSystem(lower);
    }

    /// <summary>Brings a file of the host into this folder in its <c>/tmp</c>.</summary>
    internal void Bring(string file, string to) =>
        File.Copy(file, Path.Combine(Directory.CreateDirectory(Path.Combine(Root, "tmp", to)).FullName, Path.GetFileName(file)));

    /// <summary>What a line prints that a user of it types.</summary>
    internal string Type(string line) =>
        Shell.Run("chroot", Root, "/usr/bin/env", "-i", "HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", line);

    /// <summary>All files but those in which the package manager keeps its own records.</summary>
    internal IReadOnlyList<string> Files() =>
        [.. Shell.Lines("find", Root, "-xdev", "-mindepth", "1", "-printf", "/%P\n").Where(path => !Records.Any(folder => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)];

    private static readonly string[] Records =
        ["/var/lib/dpkg", "/var/lib/apt", "/var/cache", "/var/log", "/usr/lib/sysimage", "/var/lib/rpm", "/root/.rpmdb", "/tmp", "/dev", "/proc"];

    public void Dispose()
    {
        Shell.Run("umount", "--lazy", Path.Combine(Root, "dev/null"), Path.Combine(Root, "proc"), Root, Path.Combine(folder, "upper"));
        Directory.Delete(folder, recursive: true);
    }

    private string Null()
    {
        var path = Path.Combine(Root, "dev/null");
        File.Delete(path);
        File.WriteAllText(path, "");
        return path;
    }
}
