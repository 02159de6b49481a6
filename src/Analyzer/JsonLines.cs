using System.Buffers;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>Events as JSON, one object a line (<see cref="EventJson"/>).</summary>
public sealed class JsonLines : IEventFormat
{
    private long? wallOffset;
    private INames? names;

    /// <summary>Writes nothing: the names are in each line.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc />
    public void UseClock(ClockAnchor? anchor) => wallOffset = anchor?.WallOffset;

    /// <inheritdoc />
    public void UseNames(INames names) => this.names = names;

    /// <inheritdoc />
    public IEventFormat Copy() => new JsonLines { wallOffset = wallOffset, names = names };

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in TcpEvent e) => EventJson.Write(output, in e, wallOffset, names);
}
