using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Fields;

/// <summary>What it means to name a container, a unit or a cgroup: the same in options and in conditions. Each gives null if the
/// text is no such name.</summary>
internal static class CgroupMatch
{
    private static readonly string[] mounts = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
    private static readonly string[] unitSuffixes = [".service", ".scope", ".slice"];

    /// <summary>A container, by the first digits of its id.</summary>
    internal static Predicate<CgroupName>? Container(string text) => text.Length is > 0 and <= 64 && text.All(char.IsAsciiHexDigit)
        ? cgroup => cgroup.Container?.StartsWith(text, StringComparison.OrdinalIgnoreCase) == true
        : null;

    /// <summary>A systemd unit, also a slice, or one within it; without a suffix the service of that name.</summary>
    internal static Predicate<CgroupName>? Unit(string text)
    {
        if (text.Length == 0 || text.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        var unit = FullUnit(text);
        return cgroup => cgroup.IsOf(unit);
    }

    /// <summary>The cgroup of a path and those below it; the path may begin with where the hierarchy usually is mounted.</summary>
    internal static Predicate<CgroupName>? Path(string text)
    {
        if (!text.StartsWith('/'))
        {
            return null;
        }

        var path = InHierarchy(text);
        return cgroup => cgroup.IsWithin(path);
    }

    /// <summary>A unit with its suffix.</summary>
    internal static string FullUnit(string text) =>
        Array.Exists(unitSuffixes, suffix => text.EndsWith(suffix, StringComparison.Ordinal)) ? text : text + ".service";

    /// <summary>A path from the root of the hierarchy, without a slash at its end; the root is empty.</summary>
    internal static string InHierarchy(string path)
    {
        var mount = Array.Find(mounts, mount => path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal)) ?? "";
        var names = path[mount.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(names.Select(name => "/" + name));
    }
}
