using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Buffers;

namespace TraceCap.Exports.Parquet;

/// <summary>Writes events or connections as a Parquet file.</summary>
internal sealed class ParquetExporter : ColumnExporter
{
    private readonly ParquetFile file;

    /// <param name="output">Takes the file; stays open.</param>
    /// <param name="kind">Events or connections.</param>
    /// <param name="options">Which fields, and where they come from.</param>
    /// <param name="withoutKeys">Whether host and day are told by the names of folders.</param>
    internal ParquetExporter(Stream output, ExportKinds kind, ExportOptions options, bool withoutKeys = false)
        : base(kind, options, withoutKeys) => file = new ParquetFile(output, Columns);

    /// <inheritdoc />
    private protected override void Write(ColumnBatch batch) => file.Write(batch);

    /// <inheritdoc />
    private protected override void Finish(string tool)
    {
        file.Finish(Source.Describe(Table), tool);
        file.Dispose();
    }
}
