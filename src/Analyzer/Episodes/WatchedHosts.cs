using TraceCap.Analyzer.Connections;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Episodes;

/// <summary>Numbers for the hosts of recordings: those of one name are one. Several are in one recording that was merged.</summary>
internal sealed class WatchedHosts
{
    private readonly List<string> names = [];
    private RecordedSpan? recording;
    private int[] numbers = [0];

    /// <summary>The recording that connections are of from now on.</summary>
    internal void Enter(RecordedSpan recording)
    {
        if (recording != this.recording)
        {
            this.recording = recording;
            numbers = recording.Hosts.Count > 0 ? [.. recording.Hosts.Select(host => NumberOf(host.Host))] : [NumberOf(recording.Host)];
        }
    }

    /// <summary>The number of a connection's host.</summary>
    internal int NumberOf(ulong connection)
    {
        var place = connection >> MergedHost.ConnectionShift;
        return numbers[place < (ulong)numbers.Length ? (int)place : 0];
    }

    /// <summary>The name of a host; empty if it is not known.</summary>
    internal string NameOf(int number) => names[number];

    private int NumberOf(string name)
    {
        var number = names.IndexOf(name);
        if (number < 0)
        {
            number = names.Count;
            names.Add(name);
        }

        return number;
    }
}
