using System.Globalization;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Findings;

/// <summary>The options of <c>tracecap lifetimes</c> that show the connections that a finding is about.</summary>
internal static class RowOptions
{
    /// <summary>The options, each quoted for a POSIX shell.</summary>
    /// <param name="from">When they were opened, as <c>--from</c> takes it; null: at any time.</param>
    /// <param name="to">As <c>--to</c> takes it.</param>
    /// <param name="terms">What must hold of each, as <c>--where</c> has it.</param>
    internal static string Of(string? from, string? to, params string[] terms) => string.Join(
        ' ', new[] { ("--from", from), ("--to", to), ("--where", terms.Length == 0 ? null : string.Join(" and ", terms)) }
            .Where(option => option.Item2 is not null).Select(option => $"{option.Item1} {ShellText.Quote(option.Item2!)}"));

    /// <summary>Connections to a service.</summary>
    internal static string Service(GroupKey key) => $"service == {key.EndText}";

    /// <summary>Connections of a process.</summary>
    internal static string Process(GroupKey key) => $"process == {Name(key.ProcessText)}";

    /// <summary>Connections from an address.</summary>
    internal static string Local(GroupKey key) => $"local == {key.LocalText}";

    /// <summary>Connections whose field has a name as its value.</summary>
    internal static string Named(string field, string name) => $"{field} == {Name(PrintableText.Of(name))}";

    /// <summary>Connects that took as long, or longer.</summary>
    internal static string Connect(double nanoseconds) => $"connect >= {DurationText.Whole((ulong)nanoseconds).Replace(" ", "", StringComparison.Ordinal)}";

    /// <summary>Seconds since the capture began.</summary>
    internal static string Seconds(long nanoseconds) => string.Create(
        CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000}.{nanoseconds % 1_000_000_000:D9}");

    /// <summary>Always in quotes, in which names are escaped as in tables.</summary>
    private static string Name(string escaped) => $"\"{escaped.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
