namespace TraceCap.Format.Chunks;

/// <summary>Numbers the CPUs of a chunk in the order of their first occurrence.</summary>
internal sealed class CpuNumbers
{
    /// <summary>By CPU, its number plus one; 0 if it has none yet.</summary>
    private readonly int[] numbers = new int[ushort.MaxValue + 1];

    private readonly ulong[] cpus = new ulong[ushort.MaxValue + 1];

    public int Count { get; private set; }

    public ReadOnlySpan<ulong> Values => cpus.AsSpan(0, Count);

    public void Clear()
    {
        foreach (var cpu in Values)
        {
            numbers[(int)cpu] = 0;
        }

        Count = 0;
    }

    public uint Add(ushort cpu)
    {
        ref var number = ref numbers[cpu];
        if (number == 0)
        {
            cpus[Count] = cpu;
            number = ++Count;
        }

        return (uint)(number - 1);
    }
}
