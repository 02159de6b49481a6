using System.Runtime.InteropServices;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>
/// The probes in the running kernel. They record from <see cref="TurnOn"/> to <see cref="Detach"/>; what they recorded
/// can be read from <see cref="Ring"/> until <see cref="Dispose"/>.
/// </summary>
internal sealed class AttachedProbes : IDisposable
{
    internal const string NotLinux = "recording is for Linux; captures can be read anywhere";

    private const int MembarrierOnX64 = 324;
    private const int MembarrierOnArm64 = 283;

    private readonly ProbeSet set;
    private readonly ProbeObject loaded;
    private readonly Switch turn;

    private AttachedProbes(ProbeSet set, ProbeOptions options)
    {
        this.set = set;
        loaded = new ProbeObject(set, options);
        try
        {
            using var events = loaded.OpenMap("events");
            using var ledgers = loaded.OpenMap("ledgers");
            Ring = new RingBuffer(events, options.RingBytes);
            turn = new Switch(loaded);
            Earlier = new EarlierConnections(loaded, options);
            Tree = new ProcessTree(loaded.OpenMap(ProcessTree.Map));
            LossCounters = new LossLedger(ledgers, Libbpf.PossibleCpus(), loaded.OpenSkippedRuns(program => program.LosesEvents));
            SkippedEarlierEnds = loaded.OpenSkippedRuns(program => program.LosesEarlierEnds);
            AttachToHost();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Which set of probes records.</summary>
    internal string ProbeSet => set.Name;

    /// <summary>Why each better set does not, by its name; empty if the set was the user's choice.</summary>
    internal IReadOnlyDictionary<string, string> NotUsed { get; private init; } = new Dictionary<string, string>();

    /// <summary>What this kernel does not let the probes see, one sentence each; usually nothing.</summary>
    internal IReadOnlyList<string> Limits => loaded.Limits;

    /// <summary>The events.</summary>
    internal RingBuffer Ring { get; }

    /// <summary>How many events there were, and how many of them were lost.</summary>
    internal LossLedger LossCounters { get; }

    /// <summary>How often the program was skipped that sees the ends of connections from before the probes.</summary>
    internal SkippedRuns SkippedEarlierEnds { get; }

    /// <summary>Tells the probes what was there before them.</summary>
    internal EarlierConnections Earlier { get; }

    /// <summary>The processes that are recorded, where these are one and what it has started.</summary>
    internal ProcessTree Tree { get; }

    /// <summary>Loads the probes and puts them in place: the set that was asked for, else the first that the kernel takes.</summary>
    /// <exception cref="ProbeException">It is not possible here; the message says why and what to do.</exception>
    internal static AttachedProbes Attach(ProbeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check();
        try
        {
            return options.ProbeSet is { } name
                ? new AttachedProbes(Probes.ProbeSet.All.Single(set => set.Name == name), options)
                : AttachBest(options);
        }
        catch (DllNotFoundException e)
        {
            throw new ProbeException("libbpf is not installed; on Debian: apt-get install libbpf-dev", e);
        }
    }

    /// <summary>Says whether this host is one to record on at all, and this build one to record with.</summary>
    /// <exception cref="ProbeException">The host is not; the message says why and what to do.</exception>
    /// <exception cref="DllNotFoundException">The build is not.</exception>
    internal static void Check()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new ProbeException(NotLinux);
        }

        Privileges.Check();
        HostRequirements.Check();
    }

    /// <summary>Begins to record, all probes at the same instant.</summary>
    /// <param name="phase">Whether they are to let pass what may be a connection from before.</param>
    internal void TurnOn(Phase phase = Phase.On) => turn.Set(phase);

    /// <summary>
    /// Ends recording, for all probes at the same instant. When it returns no probe is running any more, and the ring has
    /// every event that was not lost.
    /// </summary>
    internal void Detach()
    {
        turn?.Set(Phase.Off);
        loaded.Detach();
        // A probe may still be between its place in the ring and its last field.
        AwaitRunningProbes();
    }

    /// <summary>Waits until every CPU has left what it was running when this was called. Hosts with CPUs that are never
    /// interrupted refuse it: there, the ring tells that it is not caught up.</summary>
    internal static void AwaitRunningProbes()
    {
        var membarrier = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? MembarrierOnArm64 : MembarrierOnX64;
        _ = Libc.SystemCall(membarrier, Libc.MembarrierGlobal, 0, 0);
    }

    /// <summary>Detaches and frees everything. The ring and the ledger must not be in use any more.</summary>
    public void Dispose()
    {
        Detach();
        Earlier?.Dispose();
        Tree?.Dispose();
        turn?.Dispose();
        Ring?.Dispose();
        LossCounters?.Dispose();
        SkippedEarlierEnds?.Dispose();
        loaded.Dispose();
    }

    private static AttachedProbes AttachBest(ProbeOptions options)
    {
        var notUsed = new Dictionary<string, string>();
        var sets = Probes.ProbeSet.ByPreference(Preemption.IsPossible());
        foreach (var set in sets.SkipLast(1))
        {
            try
            {
                return new AttachedProbes(set, options) { NotUsed = notUsed };
            }
            catch (ProbeSetException refusal)
            {
                notUsed.Add(set.Name, refusal.Reason);
            }
        }

        return new AttachedProbes(sets[^1], options) { NotUsed = notUsed };
    }

    private void AttachToHost()
    {
        var root = Cgroups.FindRoot();
        using var cgroup = Libc.Open(root, Libc.ReadOnly | Libc.Directory | Libc.CloseOnExec);
        if (cgroup.IsInvalid)
        {
            throw ProbeException.FromErrno($"{root} cannot be opened", Marshal.GetLastPInvokeError());
        }

        loaded.Attach(cgroup);
    }
}
