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
    private static readonly EventContext alone = new();

    private readonly string text;
    private readonly Condition<EventGet> condition;

    private EventCondition(string text, Condition<EventGet> condition) => (this.text, this.condition) = (text, condition);

    /// <summary>Reads a condition.</summary>
    /// <exception cref="ConditionFormatException">It is none.</exception>
    public static EventCondition Parse(string s, IFormatProvider? provider = null) =>
        new(s, ConditionParser<EventGet>.Parse(s, EventFields.Set, Elsewhere));

    /// <summary>Reads one that is held against events as they happen: what only a capture knows is not known then.</summary>
    /// <exception cref="ConditionFormatException">It is none, or needs to know more.</exception>
    internal static EventCondition ParseForEventsAlone(string text)
    {
        var condition = Parse(text);
        return condition.condition.Fields.FirstOrDefault(NeedsCapture) is not { } field ? condition : throw new ConditionFormatException(
            $"{field.ShortName} is known of a capture, not of events as they happen", text, Math.Max(0, text.IndexOf(field.ShortName, StringComparison.Ordinal)), field.ShortName.Length);
    }

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out EventCondition result) =>
        Parsing.TryParse(s, provider, Parse, out result);

    /// <summary>Whether the texts are the same.</summary>
    public bool Equals(EventCondition? other) => other?.text == text;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as EventCondition);

    /// <inheritdoc />
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>Whether only the end of a capture tells what it is.</summary>
    internal bool NeedsEnd => condition.Points.Any(point => point.NeedsEnd);

    /// <summary>The condition where other instants are meant, such as those of another time zone.</summary>
    internal EventCondition With(Func<TimePoint, TimePoint> change) => new(text, condition.With(change));

    /// <summary>The condition as it was written.</summary>
    public override string ToString() => text;

    /// <summary>Whether it holds of an event of which nothing else is known.</summary>
    internal bool HoldsAlone(in TcpEvent e) => Holds(in e, alone);

    /// <summary>Whether it holds of an event.</summary>
    internal bool Holds(in TcpEvent e, EventContext context) => condition.Holds(new Row(e, context));

    private static bool NeedsCapture(Field field) =>
        field.Type is CgroupType or InstantType || field == CommonFields.Host || field == CommonFields.NetnsName;

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
