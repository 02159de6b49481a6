using MessagePack;
using TraceCap.Format.Events;

namespace TraceCap.Format.Metadata;

/// <summary>What the events of some of the captures that were merged were chosen by.</summary>
/// <param name="Filters">As in <see cref="CaptureHeader.Filters"/>.</param>
/// <param name="Selection">As in <see cref="CaptureHeader.Selection"/>.</param>
public sealed record MergedInput(IReadOnlyDictionary<string, string> Filters, IReadOnlyList<string> Selection)
{
    /// <summary>Whether the same was chosen.</summary>
    public bool Equals(MergedInput? other) => other is not null
        && Filters.Count == other.Filters.Count
        && Filters.All(filter => other.Filters.TryGetValue(filter.Key, out var value) && value == filter.Value)
        && Selection.SequenceEqual(other.Selection);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Filters.Count, Selection.Count);

    /// <summary>The ways in which captures were filtered and cut, each once.</summary>
    internal static List<MergedInput> Of(IEnumerable<CaptureHeader> headers) => [.. headers
        .SelectMany(header => header.Inputs.Count > 0
            ? header.Inputs.Select(input => input with { Selection = [.. input.Selection, .. header.Selection] })
            : [new MergedInput(header.Filters, header.Selection)])
        .Distinct()];

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        MessagePackMap.WriteTexts(ref writer, Filters);
        MessagePackMap.WriteTexts(ref writer, Selection);
    }

    internal static MergedInput Read(ref MessagePackReader reader)
    {
        var length = reader.ReadArrayHeader();
        if (length < 2)
        {
            throw new CaptureFormatException($"a merged input has {length} values where it should have 2");
        }

        var input = new MergedInput(MessagePackMap.ReadTexts(ref reader), MessagePackMap.ReadTextList(ref reader));
        MessagePackMap.SkipRest(ref reader, length, 2);
        return input;
    }
}
