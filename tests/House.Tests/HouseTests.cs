using System.Text.RegularExpressions;

namespace TraceCap.House.Tests;

/// <summary>How the folders of <c>src/</c>, its rooms, depend on each other, and that CONTRIBUTING.md says so.</summary>
public sealed partial class HouseTests
{
    // By project: what it may see of the others.
    private static readonly Dictionary<string, string[]> seen = new()
    {
        ["Format"] = [],
        ["Recorder"] = ["Format"],
        ["Analyzer"] = ["Format"],
        ["Charts"] = ["Format", "Analyzer"],
        ["Testing"] = ["Format", "Analyzer"],
        ["Exports"] = ["Format", "Analyzer"],
        ["Cli"] = ["Format", "Recorder", "Analyzer", "Charts", "Exports"],
    };

    [Fact]
    public void No_room_depends_on_itself_through_others() =>
        None(Cycles.Find(SourceTree.Rooms.ToDictionary(room => room.Key, room => room.Value.Keys)));

    /// <summary>A base that names its cases, as a factory does, is no cycle: the cases are a part of it.</summary>
    [Fact]
    public void No_file_depends_on_itself_through_others() => None(Cycles.Find(SourceTree.Files.ToDictionary(
        file => file.Path, file => file.Uses.Keys.Where(other => !file.BaseOf.Contains(other)))));

    [Fact]
    public void A_project_sees_only_those_below_it() => None(
        from room in SourceTree.Rooms
        from other in room.Value
        let pair = (Here: ProjectOf(room.Key), There: ProjectOf(other.Key))
        where pair.Here != pair.There && !seen[pair.Here].Contains(pair.There)
        select $"{room.Key} must not see {other.Key}: {other.Value}");

    [Fact]
    public void Namespaces_follow_folders() => None(
        from file in SourceTree.Files
        let expected = "TraceCap." + file.Room.Replace('/', '.')
        where file.Namespace is not null && file.Namespace != expected
        select $"{file.Path}: {file.Namespace}, expected {expected}");

    [Fact]
    public void A_file_is_readable_in_one_sitting() => None(
        from file in SourceTree.Files
        let lines = file.Text.Count(one => one == '\n')
        where lines > 400
        select $"{file.Path} has {lines} lines, at most 400 are wanted");

    /// <summary>The map lists each room once, and after all those that it depends on.</summary>
    [Fact]
    public void The_map_in_CONTRIBUTING_lists_the_rooms_each_after_those_it_depends_on()
    {
        var map = MapLine().Matches(File.ReadAllText(Repository.File("CONTRIBUTING.md"))).Select(line => line.Groups[1].Value.TrimEnd('/')).ToList();
        Assert.Equal(SourceTree.Rooms.Keys.Order(StringComparer.Ordinal), map.Order(StringComparer.Ordinal));
        None(
            from room in SourceTree.Rooms
            from other in room.Value
            where map.IndexOf(other.Key) > map.IndexOf(room.Key)
            select $"{room.Key} depends on {other.Key}, which the map lists after it: {other.Value}");
    }

    private static void None(IEnumerable<string> faults)
    {
        var all = string.Join("\n", faults);
        Assert.True(all.Length == 0, all);
    }

    private static string ProjectOf(string room) => room.Split('/')[0];

    [GeneratedRegex(@"^\| `src/([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex MapLine();
}
