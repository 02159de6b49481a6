using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>The counters that the probes keep, one row per CPU, read where they are.</summary>
internal sealed unsafe class LossLedger : IDisposable
{
    private readonly Mapping rows;
    private readonly SkippedRuns skipped;

    /// <param name="map">The array map of rows; may be closed afterwards.</param>
    /// <param name="cpus">How many rows it has.</param>
    /// <param name="skipped">Those of the programs whose skipped runs may be lost events; disposed with this.</param>
    internal LossLedger(Descriptor map, int cpus, SkippedRuns skipped)
    {
        Cpus = cpus;
        this.skipped = skipped;
        rows = new Mapping(map, 0, cpus * sizeof(Row), writable: false);
    }

    /// <summary>How many CPUs the host may have; their numbers are below this.</summary>
    internal int Cpus { get; }

    /// <summary>The counters of all CPUs. Each is exact; while events happen, they are not of the same instant.</summary>
    internal LossCounters Read()
    {
        var totals = default(LossCounters);
        for (var cpu = 0; cpu < Cpus; cpu++)
        {
            totals += Read(cpu);
        }

        return totals with { ProbeMissed = totals.ProbeMissed + skipped.Count() };
    }

    /// <summary>The counters of one CPU, without the skipped probes that only the kernel counts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such CPU.</exception>
    internal LossCounters Read(int cpu)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cpu);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(cpu, Cpus);
        using var mapped = rows.Hold();
        ref var row = ref ((Row*)mapped.Address)[cpu];
        // Losses first: they are counted after the event was, so that they never exceed it.
        var ringFull = Volatile.Read(ref row.RingFull);
        var mapFull = Volatile.Read(ref row.MapFull);
        return new LossCounters(Volatile.Read(ref row.Emitted), ringFull, mapFull, Volatile.Read(ref row.ProbeMissed), 0);
    }

    /// <summary>Unmaps the counters.</summary>
    public void Dispose()
    {
        rows.Dispose();
        skipped.Dispose();
    }

    /// <summary>struct ledger of bpf/event.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Row
    {
        internal ulong Emitted;
        internal ulong RingFull;
        internal ulong MapFull;
        internal ulong ProbeMissed;
        private Reserve reserved;

        [InlineArray(4)]
        private struct Reserve
        {
            private ulong first;
        }
    }
}
