using System.IO.Compression;

namespace TraceCap.Recorder.Files;

/// <summary>What a program that packs a file adds to its name, and how the packed file begins.</summary>
/// <param name="Suffix">As in the name.</param>
/// <param name="Magic">The first bytes, in Latin-1; empty if there are none that are always the same.</param>
/// <param name="Unpack">Unpacks it, where that takes no library; null otherwise.</param>
internal sealed record Packing(string Suffix, string Magic, Func<Stream, Stream>? Unpack = null)
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<Packing> All { get; } =
    [
        new(".gz", "\x1f\x8b", packed => new GZipStream(packed, CompressionMode.Decompress)),
        new(".bz2", "BZh"),
        new(".xz", "\xfd" + "7zXZ\0"),
        new(".lzma", "\x5d\0\0"),
        new(".zst", "\x28\xb5\x2f\xfd"),
        new(".lz4", "\x04\x22\x4d\x18"),
        new(".lzo", "\x89LZO"),
        new(".br", "", packed => new BrotliStream(packed, CompressionMode.Decompress)),
        new(".Z", "\x1f\x9d"),
        new(".7z", "7z\xbc\xaf\x27\x1c"),
        new(".zip", "PK\x03\x04"),
    ];

    /// <summary>The expression that matches a suffix, or none.</summary>
    internal static string Expression { get; } = $@"(\.({string.Join('|', All.Select(packing => packing.Suffix[1..]))}))?";

    /// <summary>How a file of this name is packed; null if it is not.</summary>
    internal static Packing? Of(string path) => All.FirstOrDefault(packing => path.EndsWith(packing.Suffix, StringComparison.Ordinal));
}
