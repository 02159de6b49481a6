using System.Globalization;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Exports.Perfetto;

/// <summary>
/// The tracks of what was recorded at one time on one host, or was merged: its counters, what was lost and when, and a track for each
/// process. In a trace of one host processes are known as such; where there are several, the same number may be of two processes, so
/// that they stand below their hosts.
/// </summary>
internal sealed class RecordingTracks
{
    private readonly TraceWriter writer;
    private readonly TraceClock clock;
    private readonly RecordedSpan recording;
    private readonly bool isOnly;
    private readonly ulong root;
    private readonly Dictionary<int, ulong> hosts = [];
    private readonly Dictionary<(int Host, uint? Pid), ProcessTracks> processes = [];

    /// <param name="writer">Where they go.</param>
    /// <param name="clock">What their times go by.</param>
    /// <param name="recording">What they are of.</param>
    /// <param name="isOnly">Whether there is no other recording in the trace.</param>
    internal RecordingTracks(TraceWriter writer, TraceClock clock, RecordedSpan recording, bool isOnly)
    {
        (this.writer, this.clock, this.recording) = (writer, clock, recording);
        this.isOnly = isOnly && recording.Hosts.Count < 2;
        root = writer.Track($"TCP connections of {NameOf(recording)}", description: Description(recording));
        Counters = new CounterTracks(writer, root, clock.Time(recording.Start, recording));
        WriteLosses();
        WritePauses();
    }

    /// <summary>Its counters.</summary>
    internal CounterTracks Counters { get; }

    /// <summary>The tracks of a connection's process.</summary>
    internal ProcessTracks ProcessOf(in Connection connection)
    {
        var host = recording.Hosts.Count > 1 ? MergedHost.NumberOf(connection.Id) : 0;
        var pid = connection.HasOwner ? connection.Owner.Pid : (uint?)null;
        if (!processes.TryGetValue((host, pid), out var tracks))
        {
            var comm = connection.Owner.Comm;
            processes.Add((host, pid), tracks = new ProcessTracks(writer, ProcessTrack(host, pid, in comm)));
        }

        return tracks;
    }

    private ulong ProcessTrack(int host, uint? pid, in ThreadName comm)
    {
        var name = pid is null ? "process not known" : PrintableText.Of(comm.ToString());
        return isOnly && pid is { } number
            ? writer.Track(name, pid: number)
            : writer.Track(pid is null ? name : string.Create(CultureInfo.InvariantCulture, $"{name} {pid}"), HostTrack(host));
    }

    private ulong HostTrack(int host)
    {
        if (recording.Hosts.Count < 2)
        {
            return root;
        }

        if (!hosts.TryGetValue(host, out var track))
        {
            track = writer.Track(host < recording.Hosts.Count ? PrintableText.Of(recording.Hosts[host].Host) : "host not known", root);
            hosts.Add(host, track);
        }

        return track;
    }

    private void WriteLosses()
    {
        if (recording.Losses.Count == 0 && !recording.IsTruncated)
        {
            return;
        }

        var track = writer.Track("events lost", root, description: "In each of these times at most so many events were lost; connections then may be wrong or missing.");
        foreach (var loss in recording.Losses)
        {
            var begun = writer.BeginEvent(
                TrackEventType.SliceBegin,
                clock.Time(loss.From, recording),
                track,
                loss.AtMost is { } most ? string.Create(CultureInfo.InvariantCulture, $"at most {most} events lost") : "damaged: an unknown number of events lost",
                "lost");
            writer.Annotate("lost", loss.LossCounters.Lost);
            writer.Annotate("ring_full", loss.LossCounters.RingFull);
            writer.Annotate("map_full", loss.LossCounters.MapFull);
            writer.Annotate("dropped", loss.LossCounters.Dropped);
            writer.Annotate("probe_missed", loss.LossCounters.ProbeMissed);
            writer.Annotate("damaged", loss.IsDamaged);
            writer.EndEvent(begun);
            writer.SliceEnd(clock.Time(loss.To, recording), track);
        }

        if (recording.IsTruncated)
        {
            writer.EndEvent(writer.BeginEvent(
                TrackEventType.Instant, clock.Time(recording.End, recording), track, "truncated: what followed is not known", "lost"));
        }
    }

    private void WritePauses()
    {
        if (recording.Pauses.Count == 0)
        {
            return;
        }

        var track = writer.Track("not recorded", root);
        foreach (var pause in recording.Pauses)
        {
            writer.EndEvent(writer.BeginEvent(TrackEventType.SliceBegin, clock.Time(pause.From, recording), track, "not recorded", "pause"));
            writer.SliceEnd(clock.Time(pause.To, recording), track);
        }
    }

    private static string NameOf(RecordedSpan recording) => recording.Hosts.Count > 1
        ? string.Create(CultureInfo.InvariantCulture, $"{recording.Hosts.Count} hosts")
        : recording.Host.Length > 0 ? PrintableText.Of(recording.Host) : "a host not known";

    private static string Description(RecordedSpan recording)
    {
        var parts = new List<string>();
        if (recording.BootId.Length > 0)
        {
            parts.Add($"boot {PrintableText.Of(recording.BootId)}");
        }

        if (recording.Filters.Concat(recording.Selections).ToArray() is { Length: > 0 } kept)
        {
            parts.Add($"recorded or kept only: {PrintableText.Of(string.Join(", ", kept))}");
        }

        if (recording.LossCounters.Lost + recording.LossCounters.ProbeMissed > 0)
        {
            parts.Add($"events lost: {LossText.Describe(recording.LossCounters)}");
        }

        if (recording.IsDamaged)
        {
            parts.Add("parts of the capture are damaged or missing");
        }

        return string.Join("; ", parts);
    }
}

/// <summary>The tracks of a process: its connections side by side, and those that failed.</summary>
/// <param name="writer">Where they go.</param>
/// <param name="track">That of the process.</param>
internal sealed class ProcessTracks(TraceWriter writer, ulong track)
{
    private ulong failed;

    /// <summary>Those of its connections.</summary>
    internal Lanes Connections { get; } = new(writer, "connections", track);

    /// <summary>That of the connects that failed.</summary>
    internal ulong Failed => failed != 0 ? failed : failed = writer.Track("failed connects", track);
}
