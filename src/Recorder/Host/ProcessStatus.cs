using System.Globalization;

namespace TraceCap.Recorder.Host;

/// <summary>What /proc/PID/status says.</summary>
/// <param name="Pids">Its numbers: in the PID namespace of /proc first, then in each below it, the innermost last.</param>
/// <param name="Uid">The user.</param>
internal readonly record struct ProcessStatus(IReadOnlyList<uint> Pids, uint Uid)
{
    /// <summary>Reads the text of it.</summary>
    internal static ProcessStatus Parse(string text)
    {
        // The name comes first, and has no line feed.
        var lines = text.Split('\n');
        var pids = Field(lines, "NSpid:") ?? Field(lines, "Pid:")!;
        return new ProcessStatus([.. pids.Select(Number)], Number(Field(lines, "Uid:")![0]));
    }

    private static string[]? Field(string[] lines, string name) =>
        Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries);

    private static uint Number(string text) => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
