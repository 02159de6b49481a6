using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

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
        SkipUnlessRoot();
        using var names = new NamespaceNames(folder, "/no/such/folder");
        var (blue, green) = (Make("blue"), Make("green"));
        var id = IdOf("blue");

        Assert.Equal("blue", names.Find(blue, id));
        Assert.Equal("green", names.Find(green, 0));
        Assert.Null(names.Find(FilterTests.NamespaceInode("net"), 0));

        var version = names.Version;
        Tool.Run("umount", Path.Combine(folder, "blue"));
        File.Delete(Path.Combine(folder, "blue"));
        while (names.Version == version)
        {
            Assert.Contains(names.Find(blue, id), new[] { "blue", "" });
        }

        Assert.Equal("", names.Find(blue, id));
        Assert.Equal("green", names.Find(green, 0));
    }

    /// <summary>The kernel gives the number of one that is gone to the next.</summary>
    [Fact]
    public void One_that_has_the_number_of_another_has_not_its_name()
    {
        SkipUnlessRoot();
        Assert.SkipUnless(NetworkNamespaces.TellsIds(), "before 6.18, the kernel does not tell the id of a namespace that is not entered");
        using var names = new NamespaceNames(folder);
        var inode = Make("blue");
        var id = IdOf("blue");

        Assert.Null(names.Find(inode, id - 1));
        Assert.Equal("blue", names.Find(inode, id));
        Assert.Null(names.Find(inode, id + 1));
        Assert.Equal("blue", names.Find(inode, id));
    }

    /// <summary>Where the kernel does not tell which one a file is mounted on, it is the last that had the number. Here the
    /// namespace stays, and only what is asked makes another of it.</summary>
    [Fact]
    public void One_that_is_gone_keeps_its_name_and_the_next_of_its_number_has_its_own()
    {
        SkipUnlessRoot();
        using var names = new NamespaceNames(asksIds: false, folder);
        var inode = Make("blue");
        Assert.Equal("blue", names.Find(inode, 7));

        var green = Path.Combine(folder, "green");
        File.WriteAllText(green, "");
        Tool.Run("mount", "--bind", Path.Combine(folder, "blue"), green);
        Tool.Run("umount", Path.Combine(folder, "blue"));
        File.Delete(Path.Combine(folder, "blue"));
        Assert.Equal("green", names.Find(inode, 8));
        Assert.Equal("blue", names.Find(inode, 7));
        Assert.Equal("green", names.Find(inode, 8));
    }

    /// <summary>Root opens what others put there.</summary>
    [Fact]
    public void Nothing_but_a_namespace_is_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "namespaces are Linux's");
        var below = Directory.CreateDirectory(Path.Combine(folder, "below")).FullName;
        var fifo = Path.Combine(below, "fifo");
        Tool.Run("mkfifo", fifo);
        File.CreateSymbolicLink(Path.Combine(below, "link"), fifo);
        File.WriteAllText(Path.Combine(below, "file"), "");

        Assert.All(["fifo", "link", "file", "none"], name => Assert.Null(NetworkNamespaces.Open(Path.Combine(below, name), inode: null)));
        var own = FilterTests.NamespaceInode("net");
        Assert.Null(NetworkNamespaces.Open("/proc/self/ns/net", own + 1));
        using var opened = NetworkNamespaces.Open("/proc/self/ns/net", own);
        Assert.NotNull(opened);
    }

    [Fact]
    public void An_ordinary_file_is_no_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "namespaces are Linux's");
        var below = Directory.CreateDirectory(Path.Combine(folder, "below")).FullName;
        var file = Path.Combine(below, "file");
        File.WriteAllText(file, "");
        using var names = new NamespaceNames(below);

        Assert.Null(names.Find((uint)Cgroups.InodeOf(file), 0));
    }

    private static void SkipUnlessRoot() =>
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "it takes root to make network namespaces");

    private ulong IdOf(string name)
    {
        using var space = Libc.Open(Path.Combine(folder, name), Libc.ReadOnly);
        return NetworkNamespaces.IdOf(space);
    }

    private uint Make(string name)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, "");
        Tool.Run("unshare", $"--net={file}", "true");
        return (uint)Cgroups.InodeOf(file);
    }
}
