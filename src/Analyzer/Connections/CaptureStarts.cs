using TraceCap.Format;

namespace TraceCap.Analyzer.Connections;

/// <summary>When the sections of a capture were begun, as far as that can be told without reading all of it.</summary>
/// <param name="BootId">The boot of the first section; empty if it is not known.</param>
/// <param name="Starts">When each section began, CLOCK_MONOTONIC ns: of a file that is cut short only the first is known.</param>
public sealed record CaptureStarts(string BootId, IReadOnlyList<ulong> Starts)
{
    /// <summary>Reads headers.</summary>
    /// <param name="file">Must be able to seek; its position is moved.</param>
    /// <returns>Null if the capture does not tell its boot and its start, or is none.</returns>
    public static CaptureStarts? Of(Stream file)
    {
        var headers = SectionIndex.Find(file)?.Select(section => section.Header).ToArray();
        if (headers is null)
        {
            file.Position = 0;
            headers = FirstHeader(file) is { } header ? [header] : [];
        }

        return headers.Length > 0 && headers[0].BootId.Length > 0 && headers.All(header => header.Start is not null)
            ? new CaptureStarts(headers[0].BootId, [.. headers.Select(header => header.Start!.Value.Monotonic)])
            : null;
    }

    /// <summary>The place of each of several captures in the order in which they are best read: those of one boot one after another,
    /// as they were begun.</summary>
    /// <param name="captures">In the order in which they were named; if one of them is null, that is kept.</param>
    public static IReadOnlyList<int> Order(IReadOnlyList<CaptureStarts?> captures)
    {
        var places = Enumerable.Range(0, captures.Count);
        if (captures.Contains(null))
        {
            return [.. places];
        }

        var boots = captures.Select(capture => capture!.BootId).Distinct().ToList();
        return [.. places.OrderBy(place => boots.IndexOf(captures[place]!.BootId)).ThenBy(place => captures[place]!.Starts[0])];
    }

    /// <summary>From when on another section may have events that one of these has, see <see cref="ConnectionFeed.MayComeAgainFrom"/>.
    /// </summary>
    /// <param name="captures">What is still to be read, the current one first.</param>
    public static ulong MayComeAgainFrom(IEnumerable<CaptureStarts?> captures) => captures
        .SelectMany((capture, place) => capture?.Starts.Skip(place == 0 ? 1 : 0) ?? []).DefaultIfEmpty(ulong.MaxValue).Min();

    private static CaptureHeader? FirstHeader(Stream file)
    {
        try
        {
            var reader = new CaptureReader(file);
            return reader.Read() ? reader.Header : null;
        }
        catch (CaptureFormatException)
        {
            // Whoever reads all of it says so.
            return null;
        }
    }
}
