using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;

namespace TraceCap.Exports.Ordering;

/// <summary>
/// An exporter of a format that wants connections in another order than that in which they end, or wants to know first what all
/// were recorded in: it gets them once all are there. Memory is bounded, see <see cref="ConnectionSort"/>.
/// </summary>
internal abstract class OrderedExporter : IExporter, IConnectionSink
{
    private readonly ConnectionSort sorted;
    private readonly List<RecordedSpan> seen = [];
    private IReadOnlyList<RecordedSpan>? told;
    private ConnectionContext? context;

    protected OrderedExporter() => sorted = new ConnectionSort(Compare, ulong.MaxValue, this);

    /// <inheritdoc />
    public ExportKinds Takes => ExportKinds.Connections;

    /// <summary>What was said when it began.</summary>
    protected ExportInfo Info { get; private set; } = new(ExportKinds.None);

    /// <inheritdoc />
    public void Begin(ExportInfo info) => Info = info;

    /// <inheritdoc />
    public void Connections(in ExportedConnections batch)
    {
        if (!seen.Contains(batch.Context.Recording))
        {
            seen.Add(batch.Context.Recording);
        }

        sorted.Take(batch.Connections, batch.Context.Recording);
    }

    /// <inheritdoc />
    public void Recorded(IReadOnlyList<RecordedSpan> recordings) => told = recordings;

    /// <inheritdoc />
    public void End()
    {
        BeginOrder(told ?? seen);
        sorted.End();
        EndOrder();
    }

    /// <inheritdoc />
    void IConnectionSink.Take(ReadOnlySpan<Connection> connections, RecordedSpan recording)
    {
        context = ConnectionContext.Of(recording, context);
        foreach (ref readonly var connection in connections)
        {
            Take(in connection, context);
        }
    }

    /// <summary>The order that is wanted.</summary>
    protected abstract int Compare(in Connection one, RecordedSpan recording, in Connection other, RecordedSpan otherRecording);

    /// <summary>Comes first.</summary>
    /// <param name="recordings">What all connections were recorded in.</param>
    protected abstract void BeginOrder(IReadOnlyList<RecordedSpan> recordings);

    /// <summary>Takes the next connection.</summary>
    protected abstract void Take(in Connection connection, ConnectionContext context);

    /// <summary>Comes last.</summary>
    protected abstract void EndOrder();
}
