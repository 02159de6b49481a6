using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>When captures end, as far as that can be told.</summary>
/// <param name="BootId">On which boot's clock; empty if it is not known, or not the same for all.</param>
/// <param name="Sections">Of how many sections it is the latest end.</param>
/// <param name="Monotonic">CLOCK_MONOTONIC ns.</param>
/// <param name="Wall">Nanoseconds since 1970 in UTC; null if that is not known of all.</param>
internal sealed record CaptureEnd(string BootId, int Sections, ulong Monotonic, ulong? Wall)
{
    /// <summary>Whether all sections have the clock of <see cref="Monotonic"/>.</summary>
    internal bool IsOfOneClock => Sections == 1 || BootId.Length > 0;

    /// <summary>Finds the end of a capture. Of its chunks only the headers are read, or not even these where the index tells; a stream that
    /// cannot seek is read to its end.</summary>
    /// <returns>Null if there is nothing in it.</returns>
    /// <exception cref="CaptureFormatException">It is no capture.</exception>
    internal static CaptureEnd? Of(Stream file)
    {
        var blocks = new BlockReader(file) { PassesOver = static (long _, in BlockHeader block) => block.Kind == BlockKind.Chunk };
        if (file.CanSeek)
        {
            UnwantedChunks.ByIndex(file, static (_, _) => new RecordedPeriod(0, 0))?.KeepFrom(blocks);
        }

        var reader = new CaptureReader(blocks, threads: 1);
        CaptureEnd? end = null;
        reader.SectionEnds = () =>
        {
            var time = Math.Max(reader.RecordedTo, reader.Known.Begin ?? 0);
            end = new CaptureEnd(reader.Header?.BootId ?? "", 1, time, reader.Known.Clocks.WallClock(time)).And(end);
        };
        while (reader.Read())
        {
            // Its sections tell.
        }

        return end;
    }

    /// <summary>The later end of two.</summary>
    internal CaptureEnd And(CaptureEnd? other) => other is null ? this : new CaptureEnd(
        BootId == other.BootId ? BootId : "",
        Sections + other.Sections,
        Math.Max(Monotonic, other.Monotonic),
        Wall is { } wall && other.Wall is { } later ? Math.Max(wall, later) : null);
}
