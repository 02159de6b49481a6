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

    internal static MetadataType<MergedInput> Stored { get; } = MetadataType.Array<MergedInput>(
        "[filters (map of text to text), selection (array of text)]",
        "a merged input",
        length: 2,
        (ref reader) => new(MetadataType.TextsByName.Read(ref reader), MetadataType.Texts.Read(ref reader)),
        (ref writer, value) =>
        {
            MetadataType.TextsByName.Write(ref writer, value.Filters);
            MetadataType.Texts.Write(ref writer, value.Selection);
        });
}
