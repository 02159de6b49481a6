using System.Diagnostics.CodeAnalysis;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;

namespace TraceCap.Analyzer.Connections;

/// <summary>A condition for connections, such as <c>service == 10.0.0.2:5432 and (ending == failed or lifetime &lt; 1ms)</c>.
/// docs/conditions.md defines the language, and <c>tracecap fields</c> lists the fields.</summary>
public sealed class ConnectionCondition : IParsable<ConnectionCondition>, IEquatable<ConnectionCondition>
{
    private readonly string text;
    private readonly Condition<ConnectionGet> condition;

    private ConnectionCondition(string text, Condition<ConnectionGet> condition) => (this.text, this.condition) = (text, condition);

    /// <summary>Reads a condition.</summary>
    /// <exception cref="ConditionFormatException">It is none.</exception>
    public static ConnectionCondition Parse(string s, IFormatProvider? provider = null) =>
        new(s, ConditionParser<ConnectionGet>.Parse(s, ConnectionFields.Set, Elsewhere));

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ConnectionCondition result) =>
        Parsing.TryParse(s, provider, Parse, out result);

    /// <summary>Whether the texts are the same.</summary>
    public bool Equals(ConnectionCondition? other) => other?.text == text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ConnectionCondition);

    /// <inheritdoc />
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether only the end of a capture tells what it is.</summary>
    internal bool NeedsEnd => condition.Points.Any(point => point.NeedsEnd);

    /// <summary>The condition where other instants are meant, such as those of another time zone.</summary>
    internal ConnectionCondition With(Func<TimePoint, TimePoint> change) => new(text, condition.With(change));

    /// <summary>The condition as it was written.</summary>
    public override string ToString() => text;

    /// <summary>Reads one that stands in brackets within another expression.</summary>
    /// <param name="reader">Stands behind the opening bracket; behind the closing one afterwards.</param>
    /// <param name="expression">All of the expression.</param>
    /// <exception cref="ConditionFormatException">It is none.</exception>
    internal static ConnectionCondition ReadInBrackets(ExpressionReader reader, string expression)
    {
        var begin = reader.Offset;
        var condition = new ConditionParser<ConnectionGet>(reader, ConnectionFields.Set, Elsewhere) { ValueEnds = "),}]|&" }.Read();
        var end = reader.Offset;
        return reader.Take("]") ? new ConnectionCondition(expression[begin..end].Trim(), condition) : throw (reader.IsAtEnd
            ? reader.Wrong("a ] is missing", begin - 1, expression.Length - begin + 1)
            : reader.WrongHere("and, or or ] is expected; a value with blanks or brackets stands in double quotes"));
    }

    /// <summary>Whether it holds of a connection.</summary>
    internal bool Holds(in Connection connection, ConnectionContext context) => condition.Holds(new Row(connection, context));

    private static string? Elsewhere(string name) => EventFields.Set.Find(name) is null ? null : $"{name} is known of events, not of connections; tracecap fields lists both";

    private readonly struct Row(in Connection connection, ConnectionContext context) : IFieldRow<ConnectionGet>
    {
        // A copy: what .NET 8 lets stand for a type parameter holds no reference.
        private readonly Connection one = connection;

        public FieldValue Get(ConnectionGet field) => field(in one, context);

        public ulong ToMonotonic(TimePoint point) => point.ToMonotonic(context.Recording.Origin, context.Clocks.At(one.Opened));
    }
}
