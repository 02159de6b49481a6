using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>What the probes that are attached do; enum phase of bpf/tracecap.bpf.h.</summary>
internal enum Phase : uint
{
    /// <summary>They remember connects that are under way, and say nothing.</summary>
    Off,

    /// <summary>They record, and with a filter on tasks also what may be a connection from before that passes it.</summary>
    Settling,

    /// <summary>They record.</summary>
    On,
}

/// <summary>
/// Turns all probes of a set on or off with one store into their memory. They are attached and detached one after the other;
/// a connection that began or ended in between would be half seen by those that were in place.
/// </summary>
internal sealed unsafe class Switch : IDisposable
{
    private readonly Mapping memory;
    private bool isOpen = true;

    internal Switch(ProbeObject loaded)
    {
        using var map = loaded.OpenMap(".data.phase");
        memory = new Mapping(map, 0, Environment.SystemPageSize, writable: true);
    }

    /// <summary>From now on. Does nothing once it is disposed.</summary>
    internal void Set(Phase phase)
    {
        if (isOpen)
        {
            using var mapped = memory.Hold();
            Volatile.Write(ref *(uint*)mapped.Address, (uint)phase);
        }
    }

    public void Dispose()
    {
        isOpen = false;
        memory.Dispose();
    }
}
