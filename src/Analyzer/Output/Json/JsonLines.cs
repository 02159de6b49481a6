using System.Buffers;
using TraceCap.Analyzer.Exporters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>Events as JSON, one object a line (<see cref="EventJson"/>).</summary>
internal sealed class JsonLines : IEventRows
{
    /// <summary>Writes nothing: the names are in each line.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in TcpEvent e, EventContext context) =>
        EventJson.Write(output, in e, context.Clock?.WallOffset, context.Names, context.MergedHostOf(in e));
}
