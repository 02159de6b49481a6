using System.IO.Compression;
using K4os.Compression.LZ4.Streams;
using SharpCompress.Compressors.BZip2;
using TraceCap.Format.Blocks;

namespace TraceCap.Cli.Files;

/// <summary>What a file is, by its first bytes, whatever its name.</summary>
/// <param name="Name">As a message says it, such as <c>a zip archive</c>.</param>
/// <param name="Advice">What to do with one where a capture is expected.</param>
/// <param name="Unpack">Makes what is compressed readable; null if it is not.</param>
/// <param name="Magics">Any of these first bytes, in Latin-1.</param>
internal sealed record FileFormat(string Name, string Advice, Func<Stream, Stream>? Unpack, params string[] Magics)
{
    /// <summary>So many first bytes tell all formats from each other; most of them with fewer.</summary>
    internal const int BytesNeeded = 512;

    private const int TarMagicAt = 257;
    private const string TarMagic = "ustar";
    private const string Records = "`tracecap record -o FILE` writes captures of connections";
    private const string Packets = "a capture of packets";
    private const string Imports = "`tracecap import FILE -o CAPTURE` makes a capture of its connections";
    private const string Unpacks = "unpack it, and name the capture in it";

    private static readonly FileFormat json = new(
        "JSON", "`tracecap import FILE -o CAPTURE` makes a capture of the lines that `tracecap replay --json` prints", null, "{", "[");

    private static readonly FileFormat tar = new("a tar archive", Unpacks, null);

    private static readonly FileFormat text = new("text", Records, null);

    /// <summary>All of them; the table behind every message.</summary>
    private static readonly FileFormat[] all =
    [
        new("gzip", Unpacks, source => new GZipStream(source, CompressionMode.Decompress), "\x1f\x8b"),
        new("zstd", Unpacks, source => new SharpCompress.Compressors.ZStandard.DecompressionStream(source), ["\x28\xb5\x2f\xfd", .. SkippableFrames()]),
        new("xz", Unpacks, XzMember.Open, "\xfd" + "7zXZ\0"),
        new("bzip2", Unpacks, source => BZip2Stream.Create(source, SharpCompress.Compressors.CompressionMode.Decompress, true, false), "BZh"),
        new("lz4", Unpacks, source => LZ4Stream.Decode(source), "\x04\x22\x4d\x18"),
        new("a capture of packets (pcap)", Imports, null, "\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d"),
        new("a capture of packets (pcapng)", Imports, null, "\x0a\x0d\x0d\x0a"),
        new("an executable, a library or a core dump (ELF)", Records, null, "\x7f" + "ELF"),
        new("a zip archive", Unpacks, null, "PK\x03\x04", "PK\x05\x06"),
        new("a 7z archive", Unpacks, null, "7z\xbc\xaf\x27\x1c"),
        new("a Parquet file", "a database such as DuckDB reads it; " + Records, null, "PAR1"),
        new("an Arrow file", "a database such as DuckDB reads it; " + Records, null, "ARROW1"),
        new("an SQLite database", Records, null, "SQLite format 3\0"),
        new("a recording of perf", "perf reads it; " + Records, null, "PERFILE2", "2ELIFREP"),
        new("a trace in the Common Trace Format", "babeltrace2 reads it; " + Records, null, "\xc1\x1f\xfc\xc1", "\xc1\xfc\x1f\xc1", "\x57\x1d\xd1\x75", "\x75\xd1\x1d\x57", "/* CTF"),
        new("a page of HTML", "a browser shows it; give the capture that it was made of", null, "<!DOCTYPE html", "<!doctype html", "<html"),
        new("a picture", "give the capture that it was made of", null, "\x89PNG", "<svg", "<?xml"),
        new("a compressed file (LZMA, Unix compress or lzip)", Unpacks, null, "\x5d\0\0", "\x1f\x9d", "LZIP"),
    ];

    /// <summary>The names of what is read although it is compressed.</summary>
    internal static IEnumerable<string> Packings => all.Where(format => format.Unpack is not null).Select(format => format.Name);

    /// <summary>What a file is that begins with these bytes; null for a capture, and for what cannot be told.</summary>
    internal static FileFormat? Of(ReadOnlySpan<byte> first)
    {
        foreach (var format in all)
        {
            foreach (var magic in format.Magics)
            {
                if (Has(first, magic, 0))
                {
                    return format;
                }
            }
        }

        var content = first[(first.IndexOfAnyExcept(" \t\r\n"u8) is > 0 and var blanks ? blanks : 0)..];
        return Has(first, TarMagic, TarMagicAt) ? tar
            : first.StartsWith(BlockHeader.Magic) ? null
            : content.Length > 0 && content[0] is (byte)'{' or (byte)'[' ? json
            : first.Length > 0 && !first.ContainsAnyExceptInRange((byte)'\t', (byte)'~') ? text
            : null;
    }

    /// <summary>Whether it is what <c>tracecap import</c> reads.</summary>
    internal bool CanBeImported => this == json || this == text || Name.StartsWith(Packets, StringComparison.Ordinal);

    private static bool Has(ReadOnlySpan<byte> first, string magic, int at)
    {
        if (first.Length < at + magic.Length)
        {
            return false;
        }

        for (var i = 0; i < magic.Length; i++)
        {
            if (first[at + i] != magic[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What pzstd begins with, as well as zstd (RFC 8878, 3.1.2).</summary>
    private static IEnumerable<string> SkippableFrames() => Enumerable.Range(0x50, 16).Select(first => $"{(char)first}\x2a\x4d\x18");
}
