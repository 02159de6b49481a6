using System.Diagnostics.CodeAnalysis;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Filters;

/// <summary>A condition for events, such as <c>peer in 10.0.0.0/8 and not process == curl</c>. docs/conditions.md defines the
/// language, and <c>tracecap fields</c> lists the fields.</summary>
public sealed class EventCondition : IParsable<EventCondition>, IEquatable<EventCondition>
{
    private readonly string text;
    private readonly Condition<EventGet> condition;

    private EventCondition(string text) => (this.text, condition) = (text, ConditionParser<EventGet>.Parse(text, EventFields.Set, Elsewhere));

    /// <summary>Reads a condition.</summary>
    /// <exception cref="ConditionFormatException">It is none.</exception>
    public static EventCondition Parse(string s, IFormatProvider? provider = null) => new(s);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out EventCondition result) =>
        Parsing.TryParse(s, provider, Parse, out result);

    /// <summary>Whether the texts are the same.</summary>
    public bool Equals(EventCondition? other) => other?.text == text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as EventCondition);

    /// <inheritdoc />
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The condition as it was written.</summary>
    public override string ToString() => text;

    /// <summary>Whether it holds of an event.</summary>
    internal bool Holds(in TcpEvent e, EventContext context) => condition.Holds(new Row(in e, context));

    private static string? Elsewhere(string name) =>
        name is "lifetime" or "ending" or "role" or "opened" or "ended" or "service" or "bytes" ? $"{name} is known of connections, not of events; tracecap fields lists both" : null;

    private readonly struct Row(in TcpEvent e, EventContext context) : IFieldRow<EventGet>
    {
        // A copy: what .NET 8 lets stand for a type parameter holds no reference.
        private readonly TcpEvent one = e;

        public FieldValue Get(EventGet field) => field(in one, context);

        public ulong ToMonotonic(TimePoint point) => point.ToMonotonic(context.Begin ?? 0, context.Clock);
    }
}
