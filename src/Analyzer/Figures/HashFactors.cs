using System.Runtime.CompilerServices;

namespace TraceCap.Analyzer.Figures;

/// <summary>Odd numbers that nobody knows who writes a capture, for multilinear hashing (Lemire and Kaser 2014): a hash is the upper half of the sum
/// of a key's words, each times one of these. What is looked up for each connection is hashed so: no product waits for another.</summary>
[InlineArray(8)]
internal struct HashFactors
{
    /// <summary>Those of this run of the program.</summary>
    internal static readonly HashFactors Shared = Make();

    private ulong first;

    private static HashFactors Make()
    {
        var made = default(HashFactors);
        foreach (ref var factor in (Span<ulong>)made)
        {
            factor = (ulong)Random.Shared.NextInt64() | 1;
        }

        return made;
    }
}
