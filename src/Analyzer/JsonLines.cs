using System.Buffers;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>Events as JSON, one object a line (<see cref="EventJson"/>).</summary>
public sealed class JsonLines : IEventFormat
{
    private long? wallOffset;

    /// <summary>Writes nothing: the names are in each line.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc />
    public void UseClock(ClockAnchor? anchor) => wallOffset = anchor?.WallOffset;

    /// <inheritdoc />
    public IEventFormat Copy() => new JsonLines { wallOffset = wallOffset };

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in TcpEvent e) => EventJson.Write(output, in e, wallOffset);
}
