using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Buffers;

namespace TraceCap.Exports.Parquet;

/// <summary>Parquet files that are written at the same time, and take no more memory than a few: one for each host and day.</summary>
/// <param name="kind">Events or connections.</param>
/// <param name="options">Which fields, and where they come from.</param>
internal sealed class ParquetPartitions(ExportKinds kind, ExportOptions options) : IDisposable
{
    private readonly BatchFlow flow = new();
    private readonly PageMaker maker = new();

    /// <summary>Writes one of them; host and day are told by the names of its folders.</summary>
    /// <param name="output">Takes the file; stays open.</param>
    internal ColumnExporter Write(Stream output) => new ParquetExporter(output, kind, options, flow, maker);

    public void Dispose() => maker.Dispose();
}
