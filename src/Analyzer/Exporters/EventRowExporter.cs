using System.Buffers;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Exporters;

/// <summary>Writes events as rows of text. All rows of a batch are handed on before the next: who watches sees them.</summary>
/// <param name="rows">How they look.</param>
/// <param name="output">Where the text goes; stays open.</param>
internal sealed class EventRowExporter(IEventRows rows, Stream output) : IParallelExporter
{
    private readonly StreamBufferWriter text = new(output);

    /// <inheritdoc />
    public ExportKinds Takes => ExportKinds.Events;

    /// <inheritdoc />
    public EventParts Needs => rows.Needs;

    /// <inheritdoc />
    public bool IsParallel => !rows.NeedsOrder;

    /// <inheritdoc />
    public void Begin(ExportInfo info)
    {
        rows.WriteHeader(text);
        text.Flush();
    }

    /// <inheritdoc />
    public void Events(in ExportedEvents batch)
    {
        Format(text, in batch);
        text.Flush();
    }

    /// <inheritdoc />
    public void Format(IBufferWriter<byte> output, in ExportedEvents batch) => rows.WriteRows(output, in batch);

    /// <inheritdoc />
    public void Append(ReadOnlySpan<byte> formatted) => output.Write(formatted);

    /// <inheritdoc />
    public void End()
    {
        rows.WriteEnd(text);
        text.Flush();
    }
}
