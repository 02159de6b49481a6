using System.Text.RegularExpressions;

namespace TraceCap.Recorder.Host;

/// <summary>What is mounted where.</summary>
internal static partial class Mounts
{
    /// <summary>Where file systems of a type are mounted for this process.</summary>
    internal static IEnumerable<string> OfType(string type) => OfType(type, File.ReadAllText("/proc/self/mounts"));

    /// <param name="type">As in /proc/filesystems.</param>
    /// <param name="mounts">The text of /proc/PID/mounts, where blanks in paths are written in octal.</param>
    internal static IEnumerable<string> OfType(string type, string mounts) =>
        from line in mounts.Split('\n')
        let fields = line.Split(' ')
        where fields.Length > 2 && fields[2] == type
        select Plain(fields[1]);

    /// <summary>What single files are mounted from a file system that has them under names of its own, and where.</summary>
    /// <param name="type">Of that file system.</param>
    /// <param name="mountInfo">The text of /proc/PID/mountinfo: two ids, the device, the name, where it is, options of any
    /// number, a dash, the type.</param>
    internal static IEnumerable<(string Name, string Path)> FilesOfType(string type, string mountInfo) =>
        from line in mountInfo.Split('\n')
        let dash = line.IndexOf(" - ", StringComparison.Ordinal)
        where dash > 0 && line.AsSpan(dash + 3).StartsWith(type + ' ', StringComparison.Ordinal)
        let fields = line.Split(' ')
        select (fields[3], Plain(fields[4]));

    private static string Plain(string path) =>
        Octal().Replace(path, match => ((char)Convert.ToInt32(match.Value[1..], 8)).ToString());

    [GeneratedRegex(@"\\[0-7]{3}")]
    private static partial Regex Octal();
}
