using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Connections;

/// <summary>What the header of a capture says of how its recorder went about connections.</summary>
internal static class RecorderOptions
{
    private const string TypeOption = "--type";

    /// <summary>Whether it notes when TCP has finished with a connection, and nobody has cut that out since.</summary>
    /// <param name="header">Null if it could not be read.</param>
    internal static bool NoteEnds(CaptureHeader? header) =>
        header?.Options.GetValueOrDefault(CaptureHeader.Ended) == CaptureHeader.EndsRecorded && !header.Selection.Any(LeavesOutEnds);

    private static bool LeavesOutEnds(string selection)
    {
        var words = selection.Split(' ');
        var types = Array.IndexOf(words, TypeOption) + 1;
        return types > 0 && types < words.Length && !words[types].Contains((char)TcpEventType.Ended, StringComparison.Ordinal);
    }

    /// <summary>Filters that chose what was recorded, such as <c>pid 7</c>.</summary>
    internal static IEnumerable<string> FiltersOf(IReadOnlyDictionary<string, string> filters) =>
        filters.Where(filter => filter.Key != CaptureHeader.CompatFilters).Select(filter => $"{filter.Key} {filter.Value}");

    /// <summary>Whether filters judged each event by itself: those of earlier recorders, and those that do as tcptracer does. Of others a
    /// connection is judged at its opening.</summary>
    internal static bool PartsEvents(CaptureHeader header, IReadOnlyDictionary<string, string> filters) =>
        header.Options.GetValueOrDefault(CaptureHeader.FilterBy) != CaptureHeader.ByConnection || filters.ContainsKey(CaptureHeader.CompatFilters);
}
