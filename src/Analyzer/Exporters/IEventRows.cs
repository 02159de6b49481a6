using System.Buffers;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Exporters;

/// <summary>How events look as rows of text; <see cref="EventRowExporter"/> makes an exporter of it. Once the first row has been
/// written, any thread may write others, unless they <see cref="NeedsOrder"/>.</summary>
internal interface IEventRows
{
    /// <summary>Whether a row depends on those before it, so that one thread has to write them all.</summary>
    bool NeedsOrder => false;

    /// <inheritdoc cref="IExporter.Needs" />
    EventParts Needs => EventParts.All;

    /// <summary>Writes what comes before the first event.</summary>
    void WriteHeader(IBufferWriter<byte> output);

    /// <summary>Writes the row of one event.</summary>
    void WriteRow(IBufferWriter<byte> output, in TcpEvent e, EventContext context);

    /// <summary>Writes the rows of several.</summary>
    void WriteRows(IBufferWriter<byte> output, in ExportedEvents batch)
    {
        foreach (ref readonly var one in batch.Events)
        {
            WriteRow(output, in one, batch.Context);
        }
    }

    /// <summary>Writes what comes after the last one.</summary>
    void WriteEnd(IBufferWriter<byte> output)
    {
    }
}
