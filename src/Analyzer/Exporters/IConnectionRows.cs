using System.Buffers;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Exporters;

/// <summary>How connections look as rows of text; <see cref="ConnectionRowExporter"/> makes an exporter of it.</summary>
internal interface IConnectionRows
{
    /// <summary>Writes what comes before the first connection.</summary>
    void WriteHeader(IBufferWriter<byte> output);

    /// <summary>Writes the row of one connection.</summary>
    void WriteRow(IBufferWriter<byte> output, in Connection connection, ConnectionContext context);

    /// <summary>Writes what comes after the last one.</summary>
    void WriteEnd(IBufferWriter<byte> output)
    {
    }
}
