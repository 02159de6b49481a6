using System.Buffers;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>Events as JSON, one object a line (<see cref="EventJson"/>).</summary>
public sealed class JsonLines : IEventFormat
{
    /// <summary>What to add to a monotonic timestamp for the wall-clock time, in nanoseconds; null if it is not known,
    /// then the lines have none.</summary>
    public long? WallOffset { get; set; }

    /// <summary>Writes nothing: the names are in each line.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
    }

    /// <inheritdoc />
    public IEventFormat Copy() => new JsonLines { WallOffset = WallOffset };

    /// <inheritdoc />
    public void WriteRow(IBufferWriter<byte> output, in TcpEvent e) => EventJson.Write(output, in e, WallOffset);
}
