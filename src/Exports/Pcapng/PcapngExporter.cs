using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Metrics;
using TraceCap.Exports.Ordering;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Exports.Pcapng;

/// <summary>
/// Writes connections as the packets that they must have had, in the order of time, for Wireshark and whatever else reads packets. Comments
/// say that no packet was captured, and whose they are. Each host is an interface. Of a connection within the host the packets are there once, as
/// on its loopback interface.
/// </summary>
/// <param name="output">Where they go; stays open.</param>
internal sealed class PcapngExporter(Stream output) : OrderedExporter
{
    private const string Synthesised = "Synthesised: no packet of this file was captured. The packets are made from the connections that TraceCap recorded, with their times, "
        + "addresses and bytes; sequence numbers begin anywhere, payload is not there, and all of a connection's bytes are in one packet each way, when it ends.";

    private readonly PcapngWriter writer = new(output);
    private readonly PriorityQueue<(Conversation Conversation, RecordedSpan Recording), (Int128 Time, long Number)> waiting = new();
    private readonly Dictionary<(RecordedSpan Recording, int Host), uint> interfaces = [];
    private readonly WrittenEnds written = new();
    private long numbers;

    /// <inheritdoc />
    protected override int Compare(in Connection one, RecordedSpan recording, in Connection other, RecordedSpan otherRecording) =>
        recording.TimeOf(Conversation.StartOf(in one)).CompareTo(otherRecording.TimeOf(Conversation.StartOf(in other)));

    /// <inheritdoc />
    protected override void BeginOrder(IReadOnlyList<RecordedSpan> recordings)
    {
        writer.BeginSection(Info.Tool, [Synthesised, .. Doubts(recordings)]);
        foreach (var recording in recordings)
        {
            var clock = recording.WallClock(recording.Start) is null ? "; the time of day is not known: times count from the start of the host" : "";
            var kept = recording.Filters.Concat(recording.Selections).ToArray();
            for (var host = 0; host < Math.Max(1, recording.Hosts.Count); host++)
            {
                var name = recording.Hosts.Count > 0 ? recording.Hosts[host].Host : recording.Host;
                interfaces.Add((recording, host), (uint)interfaces.Count);
                writer.Interface(
                    name.Length > 0 ? PrintableText.Of(name) : "host not known",
                    $"connections that TraceCap recorded{clock}",
                    [Synthesised, .. Doubts([recording]), .. kept.Length > 0 ? [$"recorded or kept only: {PrintableText.Of(string.Join(", ", kept))}"] : Array.Empty<string>()]);
            }
        }
    }

    /// <inheritdoc />
    protected override void Take(in Connection connection, ConnectionContext context)
    {
        var recording = context.Recording;
        WriteUpTo(recording.TimeOf(Conversation.StartOf(in connection)));
        var number = interfaces[(recording, HostOf(in connection, recording))];
        var who = Who(in connection, context);
        var conversation = new Conversation(in connection, (time, headers, length, isOutbound, what) =>
            writer.Packet(number, WallClock(time, context), headers, length, isOutbound, $"synthesised: {what}; {who}"));
        if (!IsShown(in connection, conversation))
        {
            Wait(conversation, recording);
        }
    }

    /// <inheritdoc />
    protected override void EndOrder()
    {
        WriteUpTo(Int128.MaxValue);
        foreach (var ((recording, _), number) in interfaces)
        {
            writer.Statistics(
                number,
                recording.WallClock(recording.Start) ?? recording.Start,
                recording.WallClock(recording.End) ?? recording.End,
                recording.LossCounters.Lost,
                [.. Doubts([recording])]);
        }

        writer.Flush();
    }

    private static IEnumerable<string> Doubts(IReadOnlyList<RecordedSpan> recordings)
    {
        var losses = RecordedSpan.LossCountersOf(recordings);
        if (losses.Lost + losses.ProbeMissed > 0)
        {
            yield return $"Events were lost, so that connections may be wrong or missing: {LossWords.Lost(recordings, losses)}";
        }

        if (LossWords.Damaged(recordings) is { } damaged)
        {
            yield return $"Connections may be wrong or missing: {damaged}";
        }

        if (LossWords.Truncated(recordings) is { } truncated)
        {
            yield return $"What came last is not known: {truncated}";
        }
    }

    private static int HostOf(in Connection connection, RecordedSpan recording) =>
        recording.Hosts.Count == 0 ? 0 : Math.Min(MergedHost.NumberOf(connection.Id), recording.Hosts.Count - 1);

    /// <summary>Nanoseconds since 1970, as all else that is printed of the connection tells them.</summary>
    private static ulong WallClock(ulong monotonic, ConnectionContext context) =>
        (ulong)Int128.Clamp((Int128)monotonic + (context.WallOffset(monotonic) ?? 0), 0, ulong.MaxValue);

    /// <summary>Whose it is, in one line that no name can break.</summary>
    private static string Who(in Connection connection, ConnectionContext context)
    {
        var parts = new List<string> { connection.HasOwner ? Task(connection.Owner) : "process not known" };
        if (context.CgroupOf(in connection) is { } cgroup)
        {
            Add("container", cgroup.Container);
            Add("pod", cgroup.Pod);
            Add("unit", cgroup.Unit);
        }

        if (connection.IsJoined)
        {
            parts.Add($"at the other end {Task(connection.PeerOwner)}");
        }

        if (connection.IsDoubtful)
        {
            parts.Add("uncertain: events were lost, or counters do not prove how it ended");
        }

        return string.Join(", ", parts);

        void Add(string what, string? name)
        {
            if (name is { Length: > 0 })
            {
                parts.Add($"{what} {PrintableText.Of(name)}");
            }
        }
    }

    private static string Task(in EventTask task) =>
        string.Create(CultureInfo.InvariantCulture, $"{PrintableText.Of(task.Comm.ToString())} (pid {task.Pid}, uid {task.Uid})");

    /// <summary>Whether the packets of a connection are those of its other end, which are there. It is the end that began first, so the one
    /// that knows when the SYN was; where not all connections are wanted, it need not be there.</summary>
    private bool IsShown(in Connection connection, Conversation conversation)
    {
        // Who ended before the other end was accepted does not know of it.
        var isFirst = written.Add(conversation.Local, conversation.Peer);
        return connection.IsJoined && !isFirst;
    }

    private void Wait(Conversation conversation, RecordedSpan recording)
    {
        if (!conversation.IsOver)
        {
            waiting.Enqueue((conversation, recording), (recording.TimeOf(conversation.Time), ++numbers));
        }
    }

    private void WriteUpTo(Int128 time)
    {
        while (waiting.TryPeek(out _, out var at) && at.Time <= time)
        {
            var (conversation, recording) = waiting.Dequeue();
            conversation.Write();
            Wait(conversation, recording);
        }
    }
}
