namespace TraceCap.Format.Chunks;

/// <summary>Maps differences to small unsigned numbers: 0, -1, 1, -2, ... to 0, 1, 2, 3, ... (modulo 2^64).</summary>
internal static class ZigZag
{
    public static ulong Encode(ulong difference) => (difference << 1) ^ (ulong)((long)difference >> 63);

    public static ulong Decode(ulong code) => (code >> 1) ^ (0 - (code & 1));
}
