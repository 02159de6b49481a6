using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Import;

/// <summary>Makes a capture out of events of another program, or written by hand for a test.</summary>
internal static class EventImport
{
    /// <summary>The header comes first, and is to say whether there are ends: so many bytes tell, and also which format it is.</summary>
    internal const int PeekedBytes = 1 << 20;

    private const int EventsPerChunk = CaptureWriter.DefaultChunkBytes / TcpEvent.Size;

    /// <summary>Whether lines have ends of connections.</summary>
    internal static bool HaveEnds(ReadOnlySpan<byte> lines) => lines.IndexOf("\"tcp.ended\""u8) >= 0;

    /// <summary>Reads all events and writes them as one section, with the wall clock that their times tell.</summary>
    /// <param name="source">What they are read from, and gets what else there is.</param>
    /// <param name="format">How.</param>
    /// <param name="capture">Where the capture goes.</param>
    /// <param name="tool">The program and version that writes it.</param>
    /// <param name="comment">What the user says about it.</param>
    /// <param name="haveEnds">Whether ends of connections are among them, so that a close is to wait for its end.</param>
    /// <returns>How many events there were.</returns>
    /// <exception cref="CaptureFormatException">Something is no event, or earlier than the one before it.</exception>
    public static ulong Run(ImportSource source, ImportFormat format, Stream capture, string tool, string comment, bool haveEnds = false)
    {
        var (names, clocks) = (source.Names, source.Clocks);
        using var events = format.Read(source).GetEnumerator();
        var more = events.MoveNext();
        var start = more ? clocks.Clocks.At(events.Current.Timestamp) : null;
        var options = new Dictionary<string, string>();
        if (haveEnds)
        {
            options.Add(CaptureHeader.Ended, CaptureHeader.EndsRecorded);
        }

        if (format.Limits.Length > 0)
        {
            options.Add(CaptureHeader.Imported, format.Word);
        }

        var header = new CaptureHeader { Tool = tool, Probes = CaptureHeader.Import, Limits = format.Limits, Options = options, Comment = comment, Start = start };
        var writer = new CaptureWriter(capture, header);
        var scribe = new NameScribe(writer, names);
        var chunk = new List<TcpEvent>(EventsPerChunk);
        var anchors = new List<ClockAnchor>();
        var (anchor, last, named) = (start, 0ul, names.Names);
        for (; more; more = events.MoveNext())
        {
            var one = events.Current;
            if (one.Timestamp < last)
            {
                throw new CaptureFormatException(
                    $"event {writer.Events + (ulong)chunk.Count + 1} has monotonic_ns {one.Timestamp} after {last}; put the lines in the order of time");
            }

            // What is named from now on was not called so before.
            if (chunk.Count == EventsPerChunk || names.Names != named)
            {
                named = names.Names;
                Write();
            }

            if (clocks.Clocks.At(one.Timestamp) is { } now && now != anchor)
            {
                anchors.Add(now);
                anchor = now;
            }

            scribe.Note(new ReadOnlySpan<TcpEvent>(in one));
            chunk.Add(one);
            last = one.Timestamp;
        }

        Write();
        writer.Complete(source.Truncated is null ? "end of input" : "end of input, which was truncated", source.End);
        return writer.Events;

        // A reader of a pipe wants the clocks before the events.
        void Write()
        {
            if (anchors.Count > 0)
            {
                writer.WriteContext(new CaptureContext { Clocks = anchors });
                anchors.Clear();
            }

            writer.Append(CollectionsMarshal.AsSpan(chunk));
            chunk.Clear();
        }
    }
}
