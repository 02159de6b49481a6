using System.Collections.Immutable;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>What is wanted of the events of a chunk, so that no more is decoded. What is not needed may be malformed.</summary>
internal sealed record WantedEvents
{
    /// <summary>All of all.</summary>
    internal static WantedEvents All { get; } = new();

    /// <summary>The parts that are needed. Time, kind, socket and task are there anyway; of counters and <see cref="EventParts.Namespaces"/> that are not
    /// needed, those of another event may be there, others are 0.</summary>
    internal EventParts Parts { get; init; } = EventParts.All;

    /// <summary>One of these ports, at either end; empty: any. Of a chunk without one no event is needed.</summary>
    internal ImmutableArray<ushort> Ports { get; init; } = [];

    /// <summary>Whether an address, as IPv4 or IPv6, may be one that is wanted, at either end; null: any is. Of a chunk without one no event is
    /// needed.</summary>
    internal Predicate<Address>? Addresses { get; init; }

    /// <summary>Whether a chunk may have no event that is needed.</summary>
    internal bool AreSome => !Ports.IsEmpty || Addresses is not null;
}
