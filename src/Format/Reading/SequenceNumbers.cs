using TraceCap.Format.Chunks;
using TraceCap.Format.Events;

namespace TraceCap.Format.Reading;

/// <summary>Follows the numbers that each CPU gives its events: what is skipped was lost, what comes twice is wrong.</summary>
internal sealed class SequenceNumbers
{
    private Cpu[] cpus = [];

    /// <summary>Numbers between the first and the last of each CPU that did not come.</summary>
    internal ulong Skipped
    {
        get
        {
            var skipped = 0ul;
            foreach (ref readonly var cpu in cpus.AsSpan())
            {
                skipped += cpu.Count == 0 ? 0 : cpu.Highest - cpu.Lowest + 1 - cpu.Count;
            }

            return skipped;
        }
    }

    /// <summary>Takes the events of a chunk in the order of their arrival; those without a number do not count.</summary>
    /// <returns>How many have a number that came before, or so long after its successors that it may have.</returns>
    internal int Add(ReadOnlySpan<TcpEvent> events)
    {
        var repeated = 0;
        foreach (ref readonly var one in events)
        {
            repeated += Add(in one) ? 0 : 1;
        }

        return repeated;
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{TcpEvent})" />
    internal int Add(DecodedChunk chunk)
    {
        var repeated = 0;
        var sequences = chunk.Sequences;
        var cpuOf = chunk.CpuOf;
        var cpuNumbers = chunk.Cpus;
        for (var i = 0; i < sequences.Length; i++)
        {
            repeated += Add((int)cpuNumbers[(int)cpuOf[i]], sequences[i]) ? 0 : 1;
        }

        return repeated;
    }

    /// <summary>Takes one event.</summary>
    /// <returns>False if its number came before.</returns>
    internal bool Add(in TcpEvent one) => Add(one.Cpu, one.Sequence);

    private bool Add(int cpu, ulong sequence)
    {
        if (cpu >= cpus.Length)
        {
            Array.Resize(ref cpus, Math.Max(cpu + 1, 2 * cpus.Length));
        }

        return sequence == 0 || cpus[cpu].Add(sequence);
    }

    /// <summary>An interrupt may take the number after that of the event it interrupts, and arrive before it: so the
    /// last 64 numbers are remembered one by one.</summary>
    private struct Cpu
    {
        internal ulong Lowest;
        internal ulong Highest;
        internal ulong Count;
        private ulong recent;

        internal bool Add(ulong sequence)
        {
            if (Count == 0 || sequence > Highest)
            {
                var step = sequence - Highest;
                recent = step < 64 && Count > 0 ? (recent << (int)step) | 1 : 1;
                Lowest = Count == 0 ? sequence : Lowest;
                Highest = sequence;
            }
            else
            {
                var back = Highest - sequence;
                if (back >= 64 || (recent >> (int)back & 1) != 0)
                {
                    return false;
                }

                recent |= 1ul << (int)back;
                Lowest = Math.Min(Lowest, sequence);
            }

            Count++;
            return true;
        }
    }
}
