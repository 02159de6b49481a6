using System.IO.Enumeration;

namespace TraceCap.Exports.DuckDb;

/// <summary>The files that names and patterns such as <c>2026-*/*.tcap</c> mean. <c>**</c> is any number of folders.</summary>
internal static class CapturePatterns
{
    private static readonly char[] separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    /// <summary>All of them, those of one pattern in the order of their names.</summary>
    /// <exception cref="SqlException">A pattern matches nothing.</exception>
    internal static IReadOnlyList<string> Expand(IEnumerable<string> names) => [.. names.SelectMany(Expand)];

    private static IEnumerable<string> Expand(string name)
    {
        if (name.AsSpan().IndexOfAny('*', '?') < 0 || File.Exists(name))
        {
            return [name];
        }

        var found = Find(Path.IsPathRooted(name) ? Path.GetPathRoot(name)! : "", Path.IsPathRooted(name) ? name[Path.GetPathRoot(name)!.Length..] : name)
            .Distinct().Order(StringComparer.Ordinal).ToArray();
        return found.Length > 0 ? found : throw new SqlException($"{name}: no file matches");
    }

    private static IEnumerable<string> Find(string folder, string pattern)
    {
        var end = pattern.IndexOfAny(separators);
        var (part, rest) = end < 0 ? (pattern, "") : (pattern[..end], pattern[(end + 1)..].TrimStart(separators));
        if (rest.Length == 0)
        {
            return Entries(folder, part, files: true);
        }

        return part == "**"
            ? Entries(folder, "*", files: false).SelectMany(inner => Find(inner, pattern)).Concat(Find(folder, rest))
            : Entries(folder, part, files: false).SelectMany(inner => Find(inner, rest));
    }

    /// <summary>What is in a folder under such a name. A name that begins with a point is meant only if the pattern begins so.</summary>
    private static IEnumerable<string> Entries(string folder, string part, bool files)
    {
        if (part is "." or "..")
        {
            return [Path.Combine(folder, part)];
        }

        var place = folder.Length == 0 ? "." : folder;
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = true };
        return !Directory.Exists(place) ? [] : (files ? Directory.EnumerateFiles(place, "*", options) : Directory.EnumerateDirectories(place, "*", options))
            .Select(path => Path.GetFileName(path))
            .Where(name => FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false) && (name[0] != '.' || part[0] == '.'))
            .Select(name => Path.Combine(folder, name));
    }
}
