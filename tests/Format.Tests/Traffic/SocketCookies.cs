namespace TraceCap.Format.Tests.Traffic;

/// <summary>Hands out socket cookies as the kernel does (include/linux/cookie.h): each CPU takes a batch of 4096
/// and counts up in it.</summary>
internal sealed class SocketCookies(int cpus)
{
    private const ulong Batch = 4096;

    private readonly ulong[] last = new ulong[cpus];
    private ulong taken;

    public ulong Next(int cpu)
    {
        if (last[cpu] % Batch == 0)
        {
            last[cpu] = taken;
            taken += Batch;
        }

        return ++last[cpu];
    }
}
