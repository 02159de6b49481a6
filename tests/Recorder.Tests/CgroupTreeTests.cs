using TraceCap.Format.Metadata;
using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Tests;

[Collection(Live.Name)]
public class CgroupTreeTests
{
    /// <summary>With the kernel telling of each, and without.</summary>
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public void Those_that_are_there_and_those_that_come_are_known(int watches)
    {
        Live.SkipUnlessAllowed();
        using var first = new TestCgroup();
        using var below = new TestCgroup(first);
        using var tree = new CgroupTree(Cgroups.FindRoot(), watches);
        using var later = new TestCgroup();
        using var belowLater = new TestCgroup(later);
        using var belowBelow = new TestCgroup(belowLater);

        Assert.All([first, below, later, belowLater, belowBelow], cgroup => Assert.Equal(cgroup.Name, FindIn(tree, cgroup.Id)));
        Assert.Equal("/", FindIn(tree, 1));
        Assert.Equal("", FindIn(tree, ulong.MaxValue));
    }

    [Fact]
    public void One_that_was_seen_is_known_when_it_is_gone()
    {
        Live.SkipUnlessAllowed();
        using var tree = new CgroupTree(Cgroups.FindRoot());
        var before = new TestCgroup();
        var below = new TestCgroup(before);
        Assert.Equal(below.Name, FindIn(tree, below.Id));
        below.Dispose();
        before.Dispose();
        using var again = new TestCgroup();

        Assert.Equal(again.Name, FindIn(tree, again.Id));
        Assert.Equal(below.Name, FindIn(tree, below.Id));
        Assert.Equal(before.Name, FindIn(tree, before.Id));
    }

    [Fact]
    public void One_that_is_made_again_under_its_name_is_another()
    {
        Live.SkipUnlessAllowed();
        using var tree = new CgroupTree(Cgroups.FindRoot());
        using var parent = new TestCgroup();
        var path = Path.Combine(parent.Folder, "again");
        var ids = new List<ulong>();
        for (var i = 0; i < 100; i++)
        {
            Directory.CreateDirectory(path);
            ids.Add(Cgroups.InodeOf(path));
            Directory.CreateDirectory(path + "/below");
            Directory.Delete(path + "/below");
            Directory.Delete(path);
        }

        Directory.CreateDirectory(path);
        Assert.Equal(parent.Name + "/again", FindIn(tree, Cgroups.InodeOf(path)));
        Assert.All(ids, id => Assert.Contains(FindIn(tree, id), new[] { parent.Name + "/again", "" }));
        Directory.Delete(path);
    }

    [Fact]
    public void The_kernel_keeps_nothing_of_those_that_are_gone()
    {
        Live.SkipUnlessAllowed();
        using var tree = new CgroupTree(Cgroups.FindRoot());
        ulong id;
        using (var cgroup = new TestCgroup())
        {
            id = cgroup.Id;
            Assert.Equal(cgroup.Name, FindIn(tree, id));
            Assert.Contains($"ino:{id:x} ", Watches(), StringComparison.Ordinal);
        }

        FindIn(tree, ulong.MaxValue);
        Assert.DoesNotContain($"ino:{id:x} ", Watches(), StringComparison.Ordinal);
    }

    /// <summary>Looks again while it cannot be told yet.</summary>
    private static string FindIn(CgroupTree tree, ulong id)
    {
        CgroupName? found;
        while ((found = tree.Find(id)) is null)
        {
            Thread.Yield();
        }

        return found.Path;
    }

    /// <summary>What the kernel says of this process's descriptors.</summary>
    private static string Watches() => string.Concat(Directory.GetFiles("/proc/self/fdinfo").Select(Read));

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
