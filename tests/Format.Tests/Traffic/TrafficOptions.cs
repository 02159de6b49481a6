namespace TraceCap.Format.Tests.Traffic;

/// <summary>What a simulated host does. The same options give the same events.</summary>
public sealed record TrafficOptions
{
    public int Seed { get; init; } = 1;

    /// <summary>New connections per second; one that stays on the host has two sockets, so up to four events.</summary>
    public double ConnectionsPerSecond { get; init; } = 1_000;

    public int Cpus { get; init; } = 4;

    /// <summary>The share of draining rounds in which a CPU's events come late, by 2 to 200 microseconds.</summary>
    public double Late { get; init; } = 0.2;

    /// <summary>The share of events that found no room in the ring buffer.</summary>
    public double Lost { get; init; } = 0.00002;

    /// <summary>Whether there is what version 1.1 of the format came with: ends, ids of network namespaces, and pids in containers.</summary>
    public bool HasEnds { get; init; }

    /// <summary>Connections that were open before the recording began.</summary>
    public int OpenAtStart { get; init; } = 200;

    /// <summary>How many visitors there are; each has an address of its own.</summary>
    public int Visitors { get; init; } = 4_000;
}
