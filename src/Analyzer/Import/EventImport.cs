using System.Runtime.InteropServices;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Analyzer.Import;

/// <summary>Makes a capture out of events as JSON lines: another program's, or written by hand for a test.</summary>
internal static class EventImport
{
    private const int EventsPerChunk = CaptureWriter.DefaultChunkBytes / TcpEvent.Size;

    /// <summary>The header comes first, and is to say whether there are ends: so many bytes of lines tell.</summary>
    internal const int PeekedBytes = 1 << 20;

    /// <summary>Whether lines have ends of connections.</summary>
    internal static bool HaveEnds(ReadOnlySpan<byte> lines) => lines.IndexOf("\"tcp.ended\""u8) >= 0;

    /// <summary>Reads all lines and writes them as one section, with the wall clock that their times tell.</summary>
    /// <param name="lines">What <see cref="EventJson"/> reads, in time order.</param>
    /// <param name="capture">Where the capture goes.</param>
    /// <param name="tool">The program and version that writes it.</param>
    /// <param name="comment">What the user says about it.</param>
    /// <param name="haveEnds">Whether ends of connections are among them, so that a close is to wait for its end.</param>
    /// <returns>How many events there were.</returns>
    /// <exception cref="CaptureFormatException">A line is no event, or earlier than the one before it.</exception>
    public static ulong Run(Stream lines, Stream capture, string tool, string comment, bool haveEnds = false)
    {
        var names = new CaptureNames.Builder();
        var clocks = new ClockTable.Builder();
        using var events = EventJson.ReadAll(lines, names, clocks).GetEnumerator();
        var more = events.MoveNext();
        var start = more ? clocks.Clocks.At(events.Current.Timestamp) : null;
        var header = new CaptureHeader { Tool = tool, Probes = CaptureHeader.Import, Comment = comment, Start = start };
        var writer = new CaptureWriter(
            capture, haveEnds ? header with { Options = new Dictionary<string, string> { [CaptureHeader.Ended] = CaptureHeader.EndsRecorded } } : header);
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
        writer.Complete("end of input", null);
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
