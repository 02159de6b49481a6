namespace TraceCap.Recorder.Sinks;

/// <summary>When to try again what failed: after a second, then less and less often, after a minute at most. All times are of
/// CLOCK_MONOTONIC, in nanoseconds.</summary>
internal sealed class RetryTimes
{
    private const ulong First = 1_000_000_000;
    private const ulong Longest = 64 * First;

    private ulong pause = First;
    private ulong next;

    /// <summary>Whether it may be tried.</summary>
    internal bool IsDue(ulong now) => now >= next;

    /// <summary>It failed.</summary>
    internal void Fail(ulong now)
    {
        next = now + pause;
        pause = Math.Min(2 * pause, Longest);
    }

    /// <summary>It went well meanwhile.</summary>
    internal void Reset() => pause = First;
}
