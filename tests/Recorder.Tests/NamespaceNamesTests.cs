using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Tests;

public sealed class NamespaceNamesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose()
    {
        foreach (var file in Directory.GetFiles(folder))
        {
            Tool.Run("umount", file);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_namespace_has_the_name_that_it_is_mounted_on_from_then_on_and_as_long_as_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "it takes root to make network namespaces");
        using var names = new NamespaceNames(folder, "/no/such/folder");
        var (blue, green) = (Make("blue"), Make("green"));

        Assert.Equal("blue", names.Find(blue));
        Assert.Equal("green", names.Find(green));
        Assert.Null(names.Find(FilterTests.NamespaceInode("net")));

        var version = names.Version;
        Tool.Run("umount", Path.Combine(folder, "blue"));
        File.Delete(Path.Combine(folder, "blue"));
        while (names.Version == version)
        {
            Assert.Contains(names.Find(blue), new[] { "blue", "" });
        }

        Assert.Equal("", names.Find(blue));
        Assert.Equal("green", names.Find(green));
    }

    [Fact]
    public void An_ordinary_file_is_no_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "namespaces are Linux's");
        var below = Directory.CreateDirectory(Path.Combine(folder, "below")).FullName;
        var file = Path.Combine(below, "file");
        File.WriteAllText(file, "");
        using var names = new NamespaceNames(below);

        Assert.Null(names.Find((uint)Cgroups.InodeOf(file)));
    }

    private uint Make(string name)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, "");
        Tool.Run("unshare", $"--net={file}", "true");
        return (uint)Cgroups.InodeOf(file);
    }
}
