using System.Collections.Frozen;
using System.Globalization;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Fields;

/// <summary>Ports as users write them: by their numbers, or by the names that this machine has for those of TCP.</summary>
internal static class PortNames
{
    private static readonly string file = OperatingSystem.IsWindows()
        ? Path.Combine(Environment.SystemDirectory, "drivers", "etc", "services")
        : "/etc/services";

    private static readonly Lazy<FrozenDictionary<string, ushort>> names = new(() =>
    {
        try
        {
            return Read(File.ReadLines(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return FrozenDictionary<string, ushort>.Empty;
        }
    });

    /// <summary>The names that there are, with their ports.</summary>
    internal static IReadOnlyDictionary<string, ushort> All => names.Value;

    /// <summary>What a port looks like, for messages.</summary>
    internal static string Expected => $"0 to {ushort.MaxValue}, or a name of {file} such as http";

    /// <summary>Reads a port.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static ushort Parse(string text) => TryParse(text, out var port)
        ? port
        : throw new FormatException($"'{text}' is no port; {(NearestWord.Find(text, names.Value.Keys) is { } nearest ? $"did you mean {nearest}?" : $"expected {Expected}")}");

    /// <summary>Reads a port. The file of names is read only for what is no number.</summary>
    internal static bool TryParse(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
        || (text.Any(char.IsAsciiLetter) && names.Value.TryGetValue(text, out port));

    /// <summary>Reads a file of services (<c>services(5)</c>): a name, a port and a protocol in a line, then other names for it; of
    /// two lines with one name the first counts.</summary>
    internal static FrozenDictionary<string, ushort> Read(IEnumerable<string> lines)
    {
        var ports = new Dictionary<string, ushort>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || words[1].Split('/') is not [var number, "tcp"] || !ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                continue;
            }

            foreach (var name in words[2..].Prepend(words[0]))
            {
                ports.TryAdd(name, port);
            }
        }

        return ports.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
