using System.Buffers;
using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>
/// Events as JSON, one object a line, and back. Names are OpenTelemetry's where it has one; what numbers are strings,
/// <see cref="JsonType"/> says. <see cref="Parse"/> gives back the event that <see cref="Write"/> was given, whatever its values, if it has
/// an IP version and the bytes that do not count are 0: those behind an IPv4 address and behind a thread's name.
/// </summary>
internal static class EventJson
{
    // All names take 700 bytes, all values at their longest 800.
    private const int MaxLine = 2048;

    /// <summary>That of UTF-8, as Latin-1 reads it.</summary>
    private const string ByteOrderMark = "\u00ef\u00bb\u00bf";

    private static readonly JsonField[] withoutCounters = [.. EventJsonFields.Tail.Where(field => field.Part != JsonPart.Close)];

    /// <summary>What this thread has written of threads.</summary>
    [ThreadStatic]
    private static ThreadTexts? threads;

    /// <summary>Writes one event and a newline.</summary>
    /// <param name="output">Takes UTF-8.</param>
    /// <param name="e">The event.</param>
    /// <param name="realtimeOffset">What CLOCK_REALTIME is ahead of CLOCK_MONOTONIC, in ns: gives the property
    /// <c>time</c>, RFC 3339 in UTC with nanoseconds, if that is in the years 1970 to 9999. Null: no such property.
    /// </param>
    /// <param name="names">Knows what the event refers to; null if nobody does.</param>
    /// <param name="host">The host it is of, where there are several; null: no such property.</param>
    public static void Write(IBufferWriter<byte> output, in TcpEvent e, long? realtimeOffset = null, INames? names = null, string? host = null)
    {
        var cgroup = NamesJson.Text(names?.CgroupOf(in e));
        var netns = NamesJson.Text(names?.NetnsOf(in e));
        var hostName = NamesJson.HostText(host);
        var line = output.GetSpan(MaxLine + cgroup.Length + netns.Length + hostName.Length);
        var at = EventJsonFields.Time.Write(line, e.Timestamp, realtimeOffset);
        at += EventJsonFields.Write(line[at..], EventJsonFields.Head, in e);
        at += Utf8Text.Write(line[at..], (threads ??= new ThreadTexts()).Of(in e));
        at += EventJsonFields.Write(line[at..], MayHaveCounters(in e) ? EventJsonFields.Tail : withoutCounters, in e);
        at += Utf8Text.Write(line[at..], cgroup);
        at += Utf8Text.Write(line[at..], netns);
        at += Utf8Text.Write(line[at..], hostName);
        line[0] = (byte)'{'; // and no comma before the first
        line[at++] = (byte)'}';
        line[at++] = (byte)'\n';
        output.Advance(at);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, or a person by hand. <c>monotonic_ns</c>, <c>event.name</c> and
    /// both addresses and ports are required; what else is absent is 0. What the path of the cgroup tells is not looked
    /// at, and neither is the host.</summary>
    /// <param name="json">One object in UTF-8.</param>
    /// <param name="names">Gets the names of what the event refers to; may be null.</param>
    /// <param name="clocks">Gets the wall clock by which the event has its <c>time</c>, unless that is known already; null:
    /// <c>time</c> is not looked at.</param>
    /// <exception cref="CaptureFormatException">It is not JSON, lacks a property, has one twice or one that no event
    /// has, or a value that its property cannot hold.</exception>
    public static TcpEvent Parse(ReadOnlySpan<byte> json, CaptureNames.Builder? names = null, ClockTable.Builder? clocks = null)
    {
        try
        {
            return ParseObject(json, names, clocks);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader's second kind: strings that are not Unicode.
            throw new CaptureFormatException($"not JSON: {Describe(error)}", error);
        }
    }

    /// <summary>Reads a file of events, one a line. Empty lines are skipped, and so is a byte order mark.</summary>
    /// <param name="input">The file.</param>
    /// <param name="names">Gets the names of what an event refers to before it is given; may be null.</param>
    /// <param name="clocks">Gets the wall clock of an event before it is given; may be null.</param>
    /// <exception cref="CaptureFormatException">As from <see cref="Parse"/>, with the number of the line, from 1.
    /// </exception>
    public static IEnumerable<TcpEvent> ReadAll(Stream input, CaptureNames.Builder? names = null, ClockTable.Builder? clocks = null)
    {
        // Latin-1 leaves the bytes as they are for the parser to judge.
        using var reader = new StreamReader(
            input, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var text = number == 1 && line.StartsWith(ByteOrderMark, StringComparison.Ordinal) ? line[ByteOrderMark.Length..] : line;
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            TcpEvent e;
            try
            {
                e = Parse(Encoding.Latin1.GetBytes(text), names, clocks);
            }
            catch (CaptureFormatException error)
            {
                throw new CaptureFormatException($"line {number}: {error.Message}", error);
            }

            yield return e;
        }
    }

    /// <summary>Most events have none: one look instead of one for each.</summary>
    private static bool MayHaveCounters(in TcpEvent e) => e.Type is TcpEventType.Close or TcpEventType.Ended
        || (e.BytesSent | e.BytesAcked | e.BytesReceived | e.SegmentsSent | e.SegmentsReceived | e.Retransmits | e.SmoothedRtt) != 0;

    private static TcpEvent ParseObject(ReadOnlySpan<byte> json, CaptureNames.Builder? names, ClockTable.Builder? clocks)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new CaptureFormatException("not a JSON object");
        }

        var e = default(TcpEvent);
        var (cgroup, netns) = ("", "");
        ulong? time = null;
        JsonField? last = null;
        var atLast = default(Utf8JsonReader);
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var field = EventJsonFields.Find(name);
            if (!seen.Add(field?.Name ?? name))
            {
                throw new CaptureFormatException($"{name} is there twice");
            }

            reader.Read();
            if (field is not null)
            {
                if (field.IsReadLast)
                {
                    last = field;
                    atLast = reader;
                    reader.Skip();
                }
                else
                {
                    field.Read(ref reader, ref e);
                }
            }
            else if (name != "time" && name is not (NamesJson.CgroupPath or NamesJson.NetnsName or NamesJson.HostName) && !NamesJson.IsOfPath(name))
            {
                throw new CaptureFormatException($"{name} is not a property of an event");
            }
            else if (reader.TokenType != JsonTokenType.String)
            {
                throw new CaptureFormatException($"{name} is not a string");
            }
            else if (name == "time")
            {
                time = clocks is null ? null : ParseTime(reader.GetString()!);
            }
            else if (name == NamesJson.CgroupPath)
            {
                cgroup = reader.GetString()!;
            }
            else if (name == NamesJson.NetnsName)
            {
                netns = reader.GetString()!;
            }
        }

        last?.Read(ref atLast, ref e);
        reader.Read(); // fails if something follows
        var missing = EventJsonFields.All.Where(field => field.Required && !seen.Contains(field.Name));
        if (missing.FirstOrDefault() is { } lacking)
        {
            throw new CaptureFormatException($"{lacking.Name} is missing");
        }

        if (time is { } wall && clocks!.Clocks.WallClock(e.Timestamp) != wall)
        {
            clocks.Add(new ClockAnchor(e.Timestamp, e.Timestamp, wall));
        }

        return Named(in e, cgroup, netns, names);
    }

    private static ulong ParseTime(string text) => WallTime.TryParse(text, out var wall)
        ? wall
        : throw new CaptureFormatException($"time is \"{text}\"; expected one such as 2026-01-31T23:59:59.123456789Z, from 1970 to 2554");

    /// <summary>What is wrong, and where in the line: the reader's own message counts lines too, and from 0.</summary>
    private static string Describe(Exception error) => error is JsonException { BytePositionInLine: { } position }
        ? FormattableString.Invariant($"{error.Message.Split(" LineNumber: ")[0].TrimEnd('.')}, at byte {position + 1}")
        : error.Message;

    /// <summary>Takes down names that are new, or others than before.</summary>
    private static TcpEvent Named(in TcpEvent e, string cgroup, string netns, CaptureNames.Builder? names)
    {
        if (names is not null && cgroup.Length > 0 && names.CgroupOf(in e)?.Path != cgroup)
        {
            names.Add(new CaptureContext { Cgroups = [new NamedId(e.Cgroup, cgroup)] });
        }

        if (names is not null && netns.Length > 0 && names.NetnsOf(in e) != netns)
        {
            names.Add(new CaptureContext { NetworkNamespaces = [new NamedId(e.Netns, netns, NetnsId: e.NetnsId)] });
        }

        return e;
    }
}
