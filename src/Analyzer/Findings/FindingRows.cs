using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Findings;

/// <summary>The connections that a finding is about.</summary>
/// <param name="from">When they were opened, or failed, as <c>--from</c> takes it; null: at any time.</param>
/// <param name="to">Before when, as <c>--to</c> takes it.</param>
/// <param name="terms">What must hold of each, as <c>--where</c> has it.</param>
internal sealed class FindingRows(string? from, string? to, params string[] terms)
{
    private readonly string? condition = terms.Length == 0 ? null : string.Join(" and ", terms);
    private (ConnectionCondition? Where, TimePoint? From, TimePoint? To)? read;

    /// <summary>Whether it has a time of its own.</summary>
    internal bool HasTime => from is not null;

    /// <summary>The options of <c>tracecap lifetimes</c> that show them, each quoted for a POSIX shell.</summary>
    public override string ToString() => string.Join(
        ' ', new[] { ("--from", from), ("--to", to), ("--where", condition) }
            .Where(option => option.Item2 is not null).Select(option => $"{option.Item1} {ShellText.Quote(option.Item2!)}"));

    /// <summary>Whether a connection is one of them.</summary>
    internal bool Has(in Connection connection, ConnectionContext context)
    {
        var (where, begin, end) = read ??= (
            condition is null ? null : ConnectionCondition.Parse(condition),
            from is null ? null : TimePoint.Parse(from),
            to is null ? null : TimePoint.Parse(to));
        if (begin is not null || end is not null)
        {
            var (recording, anchor) = (context.Recording, context.Clocks.At(context.Recording.Start));
            var at = connection.Ending == ConnectionEnding.Failed ? connection.Ended : connection.Opened;
            // A recording that does not tell the time is not the one that was meant.
            if ((begin is { } first && (!first.IsTold(anchor) || at < first.ToMonotonic(recording.Origin, anchor)))
                || (end is { } last && (!last.IsTold(anchor) || at >= last.ToMonotonic(recording.Origin, anchor))))
            {
                return false;
            }
        }

        return where is null || where.Holds(in connection, context);
    }

    /// <summary>Connections to a service.</summary>
    internal static string Service(GroupKey key) => $"service == {key.EndText}";

    /// <summary>Connections of a process.</summary>
    internal static string Process(GroupKey key) => $"process == {Quoted(key.ProcessText)}";

    /// <summary>Connections from an address.</summary>
    internal static string Local(GroupKey key) => $"local == {key.LocalText}";

    /// <summary>Connections whose field has a name as its value.</summary>
    internal static string Named(string field, string name) => $"{field} == {Quoted(PrintableText.Of(name))}";

    /// <summary>Connects that took as long, or longer.</summary>
    internal static string Connect(double nanoseconds) => $"connect >= {DurationText.Whole((ulong)nanoseconds).Replace(" ", "", StringComparison.Ordinal)}";

    /// <summary>The connections of one group: each of its fields has the group's value, or none.</summary>
    /// <param name="by">A way to tell connections apart by fields.</param>
    /// <param name="key">The group.</param>
    internal static string Group(Grouping by, GroupKey key) => string.Join(" and ", by.Fields.Zip(by.ValuesOf(key), (field, value) =>
        value.IsKnown && field.Type.Has(in value)
            ? $"{field.ShortName} == {(field.Type.Shape == JsonShape.Text ? Quoted(field.Type.TextForPeople(in value)) : field.Type.Text(in value))}"
            : $"not {field.ShortName} == \"*\""));

    /// <summary>Always in quotes, in which names are escaped as in tables.</summary>
    private static string Quoted(string escaped) => $"\"{escaped.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
