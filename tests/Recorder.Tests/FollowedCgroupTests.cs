using System.Collections.Concurrent;
using TraceCap.Recorder.Host;

namespace TraceCap.Recorder.Tests;

[Collection(Live.Name)]
public class FollowedCgroupTests
{
    [Fact]
    public void One_that_is_made_anew_is_found_each_time()
    {
        Live.SkipUnlessAllowed();
        using var parent = new TestCgroup();
        var folder = Path.Combine(parent.Folder, "service");
        Directory.CreateDirectory(folder);
        using var found = new BlockingCollection<CgroupPlace>();
        using var told = new BlockingCollection<string>();
        var place = Cgroups.Find(folder);
        using (new FollowedCgroup(place, (_, now) => found.Add(now), told.Add))
        {
            for (var i = 0; i < 20; i++)
            {
                Directory.Delete(folder);
                Directory.CreateDirectory(folder);
                Assert.Equal(place with { Id = Cgroups.InodeOf(folder) }, Take(found));
                Assert.Equal($"the cgroup {place.Path} was removed; recording goes on when it is made anew", Take(told));
                Assert.Equal($"the cgroup {place.Path} is there again", Take(told));
            }
        }

        Directory.Delete(folder);
    }

    [Fact]
    public void One_is_found_when_those_above_it_are_made_anew_too_and_has_processes()
    {
        Live.SkipUnlessAllowed();
        using var top = new TestCgroup();
        var slice = Path.Combine(top.Folder, "slice");
        var folder = Path.Combine(slice, "caf\u00e9.service");
        Directory.CreateDirectory(folder);
        using var found = new BlockingCollection<CgroupPlace>();
        using var told = new BlockingCollection<string>();
        var place = Cgroups.Find(folder);
        using (new FollowedCgroup(place, (_, now) => found.Add(now), told.Add))
        {
            Directory.Delete(folder);
            Directory.Delete(slice);
            Assert.Contains("removed", Take(told), StringComparison.Ordinal);
            Assert.Empty(found);
            Directory.CreateDirectory(folder);
            Assert.Equal(place with { Id = Cgroups.InodeOf(folder) }, Take(found));
            Assert.Contains("there again", Take(told), StringComparison.Ordinal);
        }

        Directory.Delete(folder);
        Directory.Delete(slice);
    }

    /// <summary>Between the look at it and the beginning.</summary>
    [Fact]
    public void One_that_has_become_another_before_it_is_followed_is_found()
    {
        Live.SkipUnlessAllowed();
        using var cgroup = new TestCgroup();
        using var process = cgroup.Start("sh", "-c", "echo; read line");
        process.StandardOutput.ReadLine();
        using var found = new BlockingCollection<CgroupPlace>();
        using var told = new BlockingCollection<string>();
        var place = Cgroups.Find(cgroup.Folder);
        using (new FollowedCgroup(place with { Id = 2 }, (_, now) => found.Add(now), told.Add))
        {
            Assert.Equal(place, Take(found));
            Assert.Contains("removed", Take(told), StringComparison.Ordinal);
            Assert.Contains("had processes by the time it was noticed", Take(told), StringComparison.Ordinal);
        }

        process.StandardInput.WriteLine();
        process.WaitForExit();
    }

    private static T Take<T>(BlockingCollection<T> from) => from.Take(TestContext.Current.CancellationToken);
}
