using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TraceCap.Recorder.Files;

/// <summary>
/// The name of a series of files: <c>%h</c> is the host's name, <c>%t</c> when the file was begun, in UTC as
/// <c>20260131T235900Z</c>, <c>%n</c> its number in the series, <c>%%</c> a percent sign.
/// </summary>
internal sealed partial class NamePattern
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Numbers have so many digits at most: the greatest is never given.</summary>
    private const ulong Greatest = 999_999_999_999_999_999;

    private static readonly Regex packedSuffix = new(Packing.Expression + "$", RegexOptions.CultureInvariant);

    private readonly string host;
    private readonly Regex ownFiles;

    private NamePattern(string text, string host)
    {
        Text = text;
        this.host = host;
        HasTime = Specifiers().Matches(text).Any(match => match.Value == "%t");
        HasNumber = Specifiers().Matches(text).Any(match => match.Value == "%n");
        Folder = Path.GetDirectoryName(Path.GetFullPath(Replace(text, "", "")))!;
        ownFiles = new Regex("^" + OwnFiles(Path.GetFileName(text)) + Packing.Expression + "$", RegexOptions.CultureInvariant);
    }

    /// <summary>The pattern as it was given.</summary>
    public string Text { get; }

    /// <summary>What it names if it is no series.</summary>
    public string Name => Format(0, 0);

    /// <summary>The folder of all its files.</summary>
    public string Folder { get; }

    /// <summary>Whether the time is part of the name.</summary>
    internal bool HasTime { get; }

    /// <summary>Whether the number is part of the name.</summary>
    internal bool HasNumber { get; }

    /// <summary>Whether it names more than one file.</summary>
    public bool IsSeries => HasTime || HasNumber;

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">A path.</param>
    /// <param name="host">The name of this host.</param>
    /// <exception cref="FormatException">It is empty, or a percent sign stands before something else, or <c>%t</c> or <c>%n</c> in the
    /// name of a folder; the message points at it.</exception>
    public static NamePattern Parse(string text, string host)
    {
        if (text.Length == 0)
        {
            throw new FormatException("the name is empty; expected that of a file, or -");
        }

        var file = text.Length - Path.GetFileName(text).Length;
        foreach (Match match in Specifiers().Matches(text))
        {
            if (match.Value is not ("%h" or "%t" or "%n" or "%%"))
            {
                throw TextError.At(text, match.Index, $"'{match.Value}' means nothing here; expected %h (host), %t (time), %n (number) or %% (a percent sign)");
            }

            if (match.Value is "%t" or "%n" && match.Index < file)
            {
                throw TextError.At(text, match.Index, $"{match.Value} belongs into the file's name; the folder is the same for all files");
            }
        }

        return new NamePattern(text, host);
    }

    /// <summary>The pattern of the series that a file is of by its name: has its time or its number, or both.</summary>
    /// <returns>Null if it has neither.</returns>
    internal static NamePattern? OfFile(string path)
    {
        var name = packedSuffix.Replace(Path.GetFileName(path), "").Replace("%", "%%", StringComparison.Ordinal);
        var time = TimeInName().Match(name);
        var number = NumberInName().Matches(name).LastOrDefault(match => !time.Success || match.Index >= time.Index + time.Length || match.Index + match.Length <= time.Index);
        foreach (var (match, specifier) in new[] { (time, "%t"), (number ?? Match.Empty, "%n") }.OrderByDescending(found => found.Item1.Index))
        {
            name = match.Success ? name[..match.Index] + specifier + name[(match.Index + match.Length)..] : name;
        }

        var pattern = Parse(Path.Combine((Path.GetDirectoryName(path) ?? "").Replace("%", "%%", StringComparison.Ordinal), name), "");
        return pattern.IsSeries ? pattern : null;
    }

    /// <summary>The name of the one file that is begun at a time.</summary>
    internal NamePattern AsOf(DateTimeOffset time) =>
        Parse(Format((ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100, 0).Replace("%", "%%", StringComparison.Ordinal), host);

    /// <summary>The file that follows one in its series: the next by number, else by time, as far as there is one by now.</summary>
    internal string? FileAfter(string path) => FindFiles(Directory.EnumerateFiles(Folder).Append(path).Distinct())
        .SkipWhile(same => !same.Any(one => Path.GetFileName(one) == Path.GetFileName(path))).Skip(1).FirstOrDefault()?.MinBy(one => one.Length);

    /// <summary>The name of a file.</summary>
    /// <param name="realtime">When it is begun, nanoseconds since 1970 UTC.</param>
    /// <param name="number">Its number in the series.</param>
    internal string Format(ulong realtime, ulong number) => Replace(
        Text,
        DateTime.UnixEpoch.AddTicks((long)(realtime / 100)).ToString(TimeFormat, CultureInfo.InvariantCulture),
        number.ToString("D6", CultureInfo.InvariantCulture));

    /// <summary>The files of the series, the oldest first: by number, else by the time in the name. One that is being packed
    /// (<c>.gz</c>, <c>.zst</c> and the like) has two paths for a while.</summary>
    /// <param name="paths">All files of the folder.</param>
    internal IEnumerable<string[]> FindFiles(IEnumerable<string> paths) =>
        from path in paths
        let match = ownFiles.Match(Path.GetFileName(path))
        where match.Success
        group path by (Number: Number(match), Time: match.Groups["t"].Value) into same
        orderby same.Key
        select same.ToArray();

    /// <summary>The highest number of a file that is one of the series; 0 without one.</summary>
    /// <param name="paths">All files of the folder.</param>
    /// <param name="isOne">Whether a file whose name is right is one.</param>
    internal ulong FindHighestNumber(IEnumerable<string> paths, Func<string, bool> isOne) => Numbered(paths)
        .Where(file => file.Number < Greatest).OrderByDescending(file => file.Number).FirstOrDefault(file => isOne(file.Path)).Number;

    /// <summary>The first number above another that no file has, whatever else is at that name.</summary>
    /// <param name="paths">All files of the folder.</param>
    /// <param name="last">The other.</param>
    internal ulong FindFreeNumber(IEnumerable<string> paths, ulong last)
    {
        var taken = Numbered(paths).Select(file => file.Number).ToHashSet();
        do
        {
            last++;
        }
        while (taken.Contains(last));
        return last;
    }

    /// <summary>The full path of a file before it was packed.</summary>
    internal static string Unpacked(string path) => packedSuffix.Replace(Path.GetFullPath(path), "");

    /// <summary>Whether a path is one that a file of the series may have.</summary>
    internal bool Names(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) == Folder && ownFiles.IsMatch(Path.GetFileName(path));

    private IEnumerable<(string Path, ulong Number)> Numbered(IEnumerable<string> paths) =>
        from path in paths
        let match = ownFiles.Match(Path.GetFileName(path))
        where match.Success
        select (path, Number(match));

    private static ulong Number(Match match) => ulong.TryParse(
        match.Groups["n"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private string Replace(string text, string time, string number) => Specifiers().Replace(text, match => match.Value switch
    {
        "%h" => host,
        "%t" => time,
        "%n" => number,
        _ => "%",
    });

    private string OwnFiles(string name)
    {
        var pattern = new StringBuilder();
        var rest = 0;
        foreach (Match match in Specifiers().Matches(name))
        {
            pattern.Append(Regex.Escape(name[rest..match.Index])).Append(match.Value switch
            {
                "%h" => Regex.Escape(host),
                "%t" => "(?<t>[0-9]{8}T[0-9]{6}Z)",
                "%n" => "(?<n>[0-9]{6,18})",
                _ => "%",
            });
            rest = match.Index + match.Length;
        }

        return pattern.Append(Regex.Escape(name[rest..])).ToString();
    }

    [GeneratedRegex("[0-9]{8}T[0-9]{6}Z")]
    private static partial Regex TimeInName();

    [GeneratedRegex("[0-9]{6,18}")]
    private static partial Regex NumberInName();

    [GeneratedRegex("%.?", RegexOptions.Singleline)]
    private static partial Regex Specifiers();
}
