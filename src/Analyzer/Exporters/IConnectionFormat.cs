using System.Buffers;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Exporters;

/// <summary>How connections look as text.</summary>
public interface IConnectionFormat
{
    /// <summary>Writes what comes before the first connection.</summary>
    void WriteHeader(IBufferWriter<byte> output);

    /// <summary>Writes the line of one connection.</summary>
    void WriteRow(IBufferWriter<byte> output, in Connection connection, RecordedSpan recording);
}
