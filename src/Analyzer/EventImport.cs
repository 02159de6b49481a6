using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>Makes a capture out of events as JSON lines: of somebody else's, or written by hand for a test.</summary>
public static class EventImport
{
    /// <summary>Reads all lines and writes them as one section.</summary>
    /// <param name="lines">What <see cref="EventJson"/> reads, in time order.</param>
    /// <param name="capture">Where the capture goes.</param>
    /// <param name="tool">The program and version that writes it.</param>
    /// <param name="comment">What the user says about it.</param>
    /// <returns>How many events there were.</returns>
    /// <exception cref="CaptureFormatException">A line is no event, or earlier than the one before it.</exception>
    public static ulong Run(Stream lines, Stream capture, string tool, string comment)
    {
        var writer = new CaptureWriter(capture, new CaptureHeader { Tool = tool, Probes = CaptureHeader.Import, Comment = comment });
        var names = new CaptureNames();
        var scribe = new NameScribe(writer, names);
        var last = 0ul;
        foreach (var one in EventJson.ReadAll(lines, names))
        {
            if (one.Timestamp < last)
            {
                throw new CaptureFormatException(
                    $"event {writer.Events + 1} has monotonic_ns {one.Timestamp} after {last}; put the lines in the order of time");
            }

            scribe.Note(new ReadOnlySpan<TcpEvent>(in one));
            writer.Append(in one);
            last = one.Timestamp;
        }

        writer.Complete("end of input", null);
        return writer.Events;
    }
}
