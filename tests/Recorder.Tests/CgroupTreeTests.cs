using System.Globalization;
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

    /// <summary>A name is bytes; where they are no UTF-8 the text says which.</summary>
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public void One_whose_name_is_no_text_is_known(int watches)
    {
        Live.SkipUnlessAllowed();
        using var parent = new TestCgroup();
        var before = new OddCgroup(parent, "before\\351", "before\uFFFDe9");
        using var tree = new CgroupTree(Cgroups.FindRoot(), watches);
        var later = new OddCgroup(parent, "\\377\\357\\277\\275\\303\\251", "\uFFFDff\uFFFDef\uFFFDbf\uFFFDbd\u00e9");
        try
        {
            Assert.Equal(before.Name, FindIn(tree, before.Id));
            Assert.Equal(later.Name, FindIn(tree, later.Id));
            Assert.Equal(before.Id, Cgroups.Find(before.Name).Id);
        }
        finally
        {
            before.Dispose();
            later.Dispose();
        }

        Assert.Equal(later.Name, FindIn(tree, later.Id));
    }

    /// <summary>A user with a cgroup of his own may make many, with paths as long as paths can be.</summary>
    [Fact]
    public void Long_paths_do_not_take_memory_for_each_cgroup()
    {
        Live.SkipUnlessAllowed();
        const int Cgroups = 2000;
        using var top = new TestCgroup();
        var above = new List<string> { top.Folder };
        while (above[^1].Length < 3500)
        {
            above.Add(Directory.CreateDirectory($"{above[^1]}/{new string('x', 200)}").FullName);
        }

        var folders = Enumerable.Range(0, Cgroups).Select(i => $"{above[^1]}/{i}").ToArray();
        using var tree = new CgroupTree(Host.Cgroups.FindRoot());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        try
        {
            foreach (var folder in folders)
            {
                Directory.CreateDirectory(folder);
            }

            Assert.EndsWith("/1999", FindIn(tree, Host.Cgroups.InodeOf(folders[^1])), StringComparison.Ordinal);
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, 3L << 20);
        }
        finally
        {
            foreach (var folder in folders.Concat(above.Skip(1).Reverse()))
            {
                Directory.Delete(folder);
            }
        }
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

    /// <summary>One with a name that .NET cannot make.</summary>
    private sealed class OddCgroup : IDisposable
    {
        private readonly string make;

        /// <param name="parent">Above it.</param>
        /// <param name="octal">Its name for printf.</param>
        /// <param name="text">What it is shown as.</param>
        internal OddCgroup(TestCgroup parent, string octal, string text)
        {
            make = $"{parent.Folder}/{octal}";
            Id = ulong.Parse(Tool.Run("sh", "-c", "d=$(printf \"$1\") && mkdir \"$d\" && stat -c %i \"$d\"", "sh", make), CultureInfo.InvariantCulture);
            Name = $"{parent.Name}/{text}";
        }

        internal ulong Id { get; }

        internal string Name { get; }

        public void Dispose() => Tool.Run("sh", "-c", "rmdir \"$(printf \"$1\")\"", "sh", make);
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
