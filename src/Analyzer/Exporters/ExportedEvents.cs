using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Events, and what holds for all of them.</summary>
/// <param name="events">The events.</param>
/// <param name="context">Their clock, the names of what they refer to, the section they are of.</param>
internal readonly ref struct ExportedEvents(ReadOnlySpan<TcpEvent> events, EventContext context)
{
    /// <summary>The events.</summary>
    public ReadOnlySpan<TcpEvent> Events { get; } = events;

    /// <summary>Their clock, the names of what they refer to, the section they are of. Never changes.</summary>
    public EventContext Context { get; } = context;
}
