using TraceCap.Format.Metadata;

namespace TraceCap.Format.Tests;

public class CgroupNames
{
    /// <summary>The table of paths as those who run containers make them; a dash is nothing.</summary>
    public static TheoryData<string, string> Paths =>
    [
        .. from line in File.ReadAllLines(Repository.File("tests/Format.Tests/CgroupPaths.tsv")).Skip(1)
           let fields = line.Split('\t', 3)
           select (fields[1], fields[2]),
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_path_tells_container_runtime_pod_and_unit(string path, string expected)
    {
        var name = new CgroupName(path);
        Assert.Equal(expected, string.Join('\t', new[] { name.Container, name.Runtime, name.Pod, name.Unit }.Select(text => text ?? "-")));
    }

    [Theory]
    [InlineData("/a/b", "/a/b", true)]
    [InlineData("/a/b/c", "/a/b", true)]
    [InlineData("/a/bc", "/a/b", false)]
    [InlineData("/a", "/a/b", false)]
    [InlineData("/", "", true)]
    [InlineData("/a", "", true)]
    public void A_cgroup_holds_itself_and_those_below_it(string path, string above, bool expected) =>
        Assert.Equal(expected, new CgroupName(path).IsWithin(above));

    [Theory]
    [InlineData("/system.slice/nginx.service/workers", "nginx.service", true)]
    [InlineData("/system.slice/nginx.service/workers", "system.slice", true)]
    [InlineData("/system.slice/nginx.service", "nginx", false)]
    [InlineData("/system.slice/_cpu.service", "cpu.service", true)]
    public void A_unit_is_any_part_of_the_path(string path, string unit, bool expected) =>
        Assert.Equal(expected, new CgroupName(path).IsOf(unit));
}
