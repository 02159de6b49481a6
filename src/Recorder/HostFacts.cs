using System.Runtime.InteropServices;

namespace TraceCap.Recorder;

/// <summary>What a capture says about the host that it was recorded on.</summary>
/// <param name="HostName">The host's name.</param>
/// <param name="KernelRelease">As <c>uname -r</c> prints it.</param>
/// <param name="Architecture">As <c>uname -m</c> prints it: x86_64 or aarch64.</param>
/// <param name="BootId">The kernel's id of this boot; timestamps of one boot can be compared.</param>
/// <param name="PossibleCpus">How many CPUs the host may have, whether they are there now or not.</param>
public sealed record HostFacts(
    string HostName, string KernelRelease, string Architecture, Guid BootId, int PossibleCpus)
{
    /// <summary>Asks the running kernel.</summary>
    public static HostFacts Read() => new(
        ReadKernelText("hostname"),
        ReadKernelText("osrelease"),
        RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "aarch64" : "x86_64",
        Guid.Parse(ReadKernelText("random/boot_id")),
        Libbpf.PossibleCpus());

    internal static string ReadKernelText(string name) => File.ReadAllText("/proc/sys/kernel/" + name).TrimEnd('\n');
}

/// <summary>The kernel's clocks at one moment, all in nanoseconds.</summary>
/// <param name="Monotonic">CLOCK_MONOTONIC, the clock of the events; it stands still while the host sleeps.</param>
/// <param name="BootTime">CLOCK_BOOTTIME, the same including sleep.</param>
/// <param name="Realtime">CLOCK_REALTIME, since 1970-01-01 UTC; it may jump.</param>
/// <param name="Uncertainty">The others were read within this many nanoseconds around <paramref name="Monotonic"/>.
/// </param>
public readonly record struct ClockReading(ulong Monotonic, ulong BootTime, ulong Realtime, ulong Uncertainty)
{
    private const int Tries = 8;

    /// <summary>Reads all three between two looks at the monotonic clock; the closest of several tries.</summary>
    public static ClockReading Read()
    {
        var best = ReadOnce();
        for (var i = 1; i < Tries; i++)
        {
            var next = ReadOnce();
            if (next.Uncertainty < best.Uncertainty)
            {
                best = next;
            }
        }

        return best;
    }

    private static ClockReading ReadOnce()
    {
        var before = ReadClock(Libc.ClockMonotonic);
        var realtime = ReadClock(Libc.ClockRealtime);
        var bootTime = ReadClock(Libc.ClockBootTime);
        var half = (ReadClock(Libc.ClockMonotonic) - before) / 2;
        return new ClockReading(before + half, bootTime, realtime, half);
    }

    private static ulong ReadClock(int clock)
    {
        Libc.ClockGetTime(clock, out var time);
        return ((ulong)time.Seconds * 1_000_000_000) + (ulong)time.Nanoseconds;
    }
}
