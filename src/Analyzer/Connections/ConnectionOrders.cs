using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Connections;

/// <summary>The orders that connections can be put in: by each of their fields.</summary>
internal static class ConnectionOrders
{
    /// <summary>Other names of fields, from before these had any.</summary>
    private static readonly Dictionary<string, string> aliases = new() { ["tx"] = "acked_bytes", ["rx"] = "received_bytes" };

    /// <summary>The names that are asked for most.</summary>
    internal static IReadOnlyList<string> Usual { get; } = ["ended", "opened", "lifetime", "tx", "rx", "retransmits", "rtt", "connect"];

    /// <summary>What <see cref="Parse"/> reads, for messages.</summary>
    internal static string Expected { get; } = $"one of {string.Join(", ", Usual)}, or another that tracecap fields lists";

    /// <summary>The longest first.</summary>
    internal static ConnectionComparison Longest => Parse("lifetime");

    /// <summary>Reads the name of a field. Amounts come with the greatest first, all else with the earliest or least; a dash before the name
    /// turns it round. What has no such value comes last.</summary>
    /// <exception cref="FormatException">There is no such field.</exception>
    internal static ConnectionComparison Parse(string text, bool isReversed = false)
    {
        var name = text.TrimStart('-');
        if (!aliases.ContainsKey(name) && ConnectionFields.Set.Find(name) is null && NearestWord.Find(name, ConnectionFields.Set.Names) is null)
        {
            throw new FormatException($"there is no field '{name}'; expected {Expected}");
        }

        isReversed ^= text.StartsWith('-');
        var field = ConnectionFields.Set.Parse(aliases.GetValueOrDefault(name, name)) is [var one] ? one : throw new FormatException($"one field is expected, not '{text}'");
        var sign = IsAmount(field.Field.Type) ^ isReversed ? -1 : 1;
        var type = field.Field.Type;
        // Values are looked up with what they were recorded in, which seldom changes.
        ConnectionContext? context = null, otherContext = null;
        return (in one, recording, in other, otherRecording) =>
        {
            context = ConnectionContext.Of(recording, context);
            otherContext = ReferenceEquals(recording, otherRecording) ? context : ConnectionContext.Of(otherRecording, otherContext);
            var (value, otherValue) = (field.Get(in one, context), field.Get(in other, otherContext));
            var (isKnown, isOtherKnown) = (value.IsKnown && type.Has(in value), otherValue.IsKnown && type.Has(in otherValue));
            return isKnown && isOtherKnown ? sign * type.Compare(in value, in otherValue) : isOtherKnown.CompareTo(isKnown);
        };
    }

    private static bool IsAmount(FieldType type) =>
        type == FieldTypes.Bytes || type == FieldTypes.Count || type == FieldTypes.Duration || type == FieldTypes.Microseconds;
}
