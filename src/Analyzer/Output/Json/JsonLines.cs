using System.Buffers;
using TraceCap.Analyzer.Exporters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>Events as JSON, one object a line (<see cref="EventJson"/>).</summary>
public sealed class JsonLines : IEventFormat
{
    private EventContext context = new();

    /// <summary>Writes nothing: the names are in each line.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc />
    public void Use(EventContext context) => this.context = context;

    /// <inheritdoc />
    public IEventFormat Copy() => new JsonLines { context = context };

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in TcpEvent e) => EventJson.Write(output, in e, context.Clock?.WallOffset, context.Names);
}
