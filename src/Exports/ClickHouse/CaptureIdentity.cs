using System.IO.Hashing;
using System.Runtime.InteropServices;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Info;
using TraceCap.Format.Blocks;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.ClickHouse;

/// <summary>What tells a capture from all others, whatever its file is named, and what it says of itself.</summary>
/// <param name="Id">That of its section, which was drawn when recording began; of several sections one for all of them.</param>
/// <param name="Name">What its file is named.</param>
/// <param name="Summary">What it holds.</param>
internal sealed record CaptureIdentity(Guid Id, string Name, CaptureSummary Summary)
{
    /// <summary>How many events it has.</summary>
    internal ulong Events => Summary.Sections.Aggregate(0ul, (sum, section) => sum + section.Recorded);

    /// <summary>The hosts that rows of it may be of.</summary>
    internal IReadOnlyList<string> Hosts =>
        [.. Summary.Sections.SelectMany(section => (section.Header?.Hosts.Select(host => host.Host) ?? []).Append(section.Header?.Host ?? "")).Distinct()];

    /// <summary>Reads it.</summary>
    /// <param name="name">What its file is named.</param>
    /// <param name="rewind">Gives the capture from its beginning.</param>
    /// <inheritdoc cref="CaptureSummary.Of" path="/exception" />
    internal static CaptureIdentity Of(string name, Func<Stream> rewind)
    {
        var summary = CaptureSummary.Of(rewind(), CaptureFilter.All);
        return new CaptureIdentity(IdOf(rewind()), name, summary);
    }

    private static Guid IdOf(Stream capture)
    {
        var reader = new CaptureReader(new BlockReader(capture) { PassesOver = static (long _, in BlockHeader block) => block.Kind == BlockKind.Chunk }, threads: 1);
        var sections = new List<Guid>();
        while (reader.Read())
        {
            if (sections.Count < reader.Section)
            {
                sections.Add(reader.Block.FileId);
            }
        }

        return sections is [var only] ? only : new Guid(XxHash128.Hash(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(sections))));
    }
}
