namespace TraceCap.Format.Chunks;

/// <summary>
/// Hashes of a few words. Each process has its own multipliers, so that no peer can send connections that all fall into
/// the same slot.
/// </summary>
internal static class Hashing
{
    private static readonly ulong Multiplier0 = RandomOdd();
    private static readonly ulong Multiplier1 = RandomOdd();
    private static readonly ulong Multiplier2 = RandomOdd();
    private static readonly ulong Multiplier3 = RandomOdd();

    public static uint Of(ulong word0, ulong word1 = 0, ulong word2 = 0, ulong word3 = 0)
    {
        var product = (word0 * Multiplier0) + (word1 * Multiplier1) + (word2 * Multiplier2) + (word3 * Multiplier3);
        return (uint)(product ^ (product >> 32));
    }

    private static ulong RandomOdd() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue) | 1;
}
