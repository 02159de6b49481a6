using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer.Connections;

/// <summary>When a section was begun.</summary>
/// <param name="BootId">On which boot's clock; empty if it is not known.</param>
/// <param name="Time">CLOCK_MONOTONIC ns.</param>
internal readonly record struct SectionStart(string BootId, ulong Time);

/// <summary>When the sections of a capture were begun, as far as that can be told without reading all of it.</summary>
/// <param name="Sections">In file order: of a truncated or compressed file only the first is known.</param>
internal sealed record CaptureStarts(IReadOnlyList<SectionStart> Sections)
{
    /// <summary>Reads headers.</summary>
    /// <param name="file">Its position is moved.</param>
    /// <returns>Null if the capture does not tell its boot and its start, or is none.</returns>
    public static CaptureStarts? Of(Stream file)
    {
        var headers = file.CanSeek ? SectionIndex.Find(file)?.Select(section => section.Header).ToArray() : null;
        if (headers is null)
        {
            if (file.CanSeek)
            {
                file.Position = 0;
            }

            headers = FirstHeader(file) is { } header ? [header] : [];
        }

        return headers.Length > 0 && headers[0].BootId.Length > 0 && headers.All(header => header.Start is not null)
            ? new CaptureStarts([.. headers.Select(header => new SectionStart(header.BootId, header.Start!.Value.Monotonic))])
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

        var boots = captures.Select(capture => capture!.Sections[0].BootId).Distinct().ToList();
        return [.. places.OrderBy(place => boots.IndexOf(captures[place]!.Sections[0].BootId)).ThenBy(place => captures[place]!.Sections[0].Time)];
    }

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
