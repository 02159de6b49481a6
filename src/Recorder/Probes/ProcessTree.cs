using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>The processes that live of those that one has started, as the programs know them (bpf/tree.bpf.h).</summary>
/// <param name="processes">Their map; disposed with this.</param>
internal sealed unsafe class ProcessTree(Descriptor processes) : IDisposable
{
    /// <summary>The map.</summary>
    internal const string Map = "tree";

    /// <summary>How many there can be at a time; that there were more is counted.</summary>
    internal const int MostProcesses = 65536;

    /// <summary>Whether none lives any more.</summary>
    internal bool IsEmpty
    {
        get
        {
            uint first;
            return Libbpf.NextKey(processes, null, &first) < 0;
        }
    }

    /// <summary>Has one that has ended, perhaps before it was looked after, be none of them.</summary>
    internal void Forget(uint process) => _ = Libbpf.Delete(processes, &process);

    public void Dispose() => processes.Dispose();
}
