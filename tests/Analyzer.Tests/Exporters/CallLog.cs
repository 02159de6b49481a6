using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Exporters;

/// <summary>An exporter that notes its calls, checks that they come as they should, and keeps what it was given.</summary>
internal sealed class CallLog(ExportKinds takes) : IExporter
{
    private readonly List<string> calls = [];

    public List<TcpEvent> AllEvents { get; } = [];

    public List<(Connection Connection, string Host, long? WallOffset)> AllConnections { get; } = [];

    public ExportInfo? Info { get; private set; }

    public IReadOnlyList<RecordedSpan>? Recordings { get; private set; }

    /// <summary>The calls, of several of one kind one after another one.</summary>
    public string Calls => string.Join(' ', calls);

    /// <summary>Which call fails; null: none.</summary>
    public string? FailsAt { get; init; }

    public ExportKinds Takes => takes;

    public void Begin(ExportInfo info)
    {
        Info = info;
        Note("Begin");
    }

    public void Events(in ExportedEvents batch)
    {
        Assert.False(batch.Events.IsEmpty);
        AllEvents.AddRange(batch.Events);
        Note("Events");
    }

    public void Connections(in ExportedConnections batch)
    {
        Assert.False(batch.Connections.IsEmpty);
        foreach (ref readonly var one in batch.Connections)
        {
            AllConnections.Add((one, batch.Context.HostOf(in one), batch.Context.WallOffset(one.Ended)));
        }

        Note("Connections");
    }

    public void Recorded(IReadOnlyList<RecordedSpan> recordings)
    {
        Assert.NotEqual("End", calls.LastOrDefault());
        Recordings = recordings;
    }

    public void End() => Note("End");

    private void Note(string call)
    {
        if (calls.LastOrDefault() != call || call is "Begin" or "End")
        {
            calls.Add(call);
        }

        if (call == FailsAt)
        {
            throw new IOException("the disk is full");
        }
    }
}
