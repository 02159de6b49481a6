using System.Numerics;

namespace TraceCap.Format.Chunks;

/// <summary>
/// Arrays that are kept from chunk to chunk. Their sizes are powers of two, and one more: chunks that are each a little
/// larger than the one before must not take new memory every time.
/// </summary>
internal static class ChunkMemory
{
    /// <summary>Has room for so many rows, and one that is never stored. What was in the array may be gone.</summary>
    public static void Reserve<T>(ref T[] array, int rows)
    {
        if (array.Length <= rows)
        {
            array = new T[BitOperations.RoundUpToPowerOf2((uint)rows) + 1];
        }
    }
}
