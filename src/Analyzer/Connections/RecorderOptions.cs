using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Connections;

/// <summary>What the header of a capture says of how its recorder went about connections.</summary>
internal static class RecorderOptions
{
    private const string Ended = "ended";
    private const string Recorded = "recorded";
    private const string FilterBy = "filter-by";
    private const string ByConnection = "connection";
    private const string CompatFilters = "compat-filters";

    /// <summary>Whether it notes when TCP has finished with a connection.</summary>
    /// <param name="header">Null if it could not be read.</param>
    internal static bool NoteEnds(CaptureHeader? header) => header?.Options.GetValueOrDefault(Ended) == Recorded;

    /// <summary>Filters that chose what was recorded, such as <c>pid 7</c>.</summary>
    internal static IEnumerable<string> FiltersOf(IReadOnlyDictionary<string, string> filters) =>
        filters.Where(filter => filter.Key != CompatFilters).Select(filter => $"{filter.Key} {filter.Value}");

    /// <summary>Whether filters judged each event by itself: those of earlier recorders, and those that do as tcptracer does. Of others a
    /// connection is judged at its opening.</summary>
    internal static bool PartsEvents(CaptureHeader header, IReadOnlyDictionary<string, string> filters) =>
        header.Options.GetValueOrDefault(FilterBy) != ByConnection || filters.ContainsKey(CompatFilters);
}
