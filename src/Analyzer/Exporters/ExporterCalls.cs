using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Sees to it that an exporter's calls come in their order, whatever happens, and that one that has thrown is not called
/// again.</summary>
internal sealed class ExporterCalls(IExporter exporter, ExportInfo info)
{
    private bool isBegun;
    private bool isOver;

    internal IExporter Exporter => exporter;

    internal bool IsBegun => isBegun;

    /// <summary>Begins, unless that was done.</summary>
    /// <exception cref="ArgumentException">It does not take what it is to be given.</exception>
    internal void Begin()
    {
        if (isBegun)
        {
            return;
        }

        if ((exporter.Takes & info.Kinds) != info.Kinds)
        {
            throw new ArgumentException($"{exporter.GetType().Name} takes {exporter.Takes}, not {info.Kinds}");
        }

        (isBegun, isOver) = (true, true);
        exporter.Begin(info);
        isOver = false;
    }

    internal void Give(in ExportedEvents batch)
    {
        isOver = true;
        exporter.Events(in batch);
        isOver = false;
    }

    internal void Give(in ExportedConnections batch)
    {
        isOver = true;
        exporter.Connections(in batch);
        isOver = false;
    }

    internal void Give(IReadOnlyList<RecordedSpan> recordings)
    {
        isOver = true;
        exporter.Recorded(recordings);
        isOver = false;
    }

    internal void Append(IParallelExporter to, ReadOnlySpan<byte> formatted)
    {
        isOver = true;
        to.Append(formatted);
        isOver = false;
    }

    /// <summary>Whether it has begun, and neither ended nor failed.</summary>
    internal bool IsOpen => isBegun && !isOver;

    /// <summary>Ends what has begun, unless it has failed or ended before.</summary>
    internal void End()
    {
        if (IsOpen)
        {
            isOver = true;
            exporter.End();
        }
    }
}
