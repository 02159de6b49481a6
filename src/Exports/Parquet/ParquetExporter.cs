using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Buffers;

namespace TraceCap.Exports.Parquet;

/// <summary>Writes events or connections as a Parquet file.</summary>
internal sealed class ParquetExporter : ColumnExporter, IDisposable
{
    private readonly PageMaker? own;
    private readonly ParquetFile file;

    /// <param name="output">Takes the file; stays open.</param>
    /// <param name="kind">Events or connections.</param>
    /// <param name="options">Which fields, and where they come from.</param>
    internal ParquetExporter(Stream output, ExportKinds kind, ExportOptions options)
        : base(kind, options) => file = new ParquetFile(output, Columns, own = new PageMaker());

    /// <summary>Writes a file of several, whose host and day are told by the names of folders.</summary>
    /// <param name="output">Takes the file; stays open.</param>
    /// <param name="kind">Events or connections.</param>
    /// <param name="options">Which fields, and where they come from.</param>
    /// <param name="flow">Has the batches of all of them.</param>
    /// <param name="maker">Makes the pages of all of them.</param>
    internal ParquetExporter(Stream output, ExportKinds kind, ExportOptions options, BatchFlow flow, PageMaker maker)
        : base(kind, options, withoutKeys: true, flow) => file = new ParquetFile(output, Columns, maker);

    /// <inheritdoc />
    private protected override void Write(ColumnBatch batch) => file.Write(batch);

    /// <inheritdoc />
    private protected override void Finish(string tool)
    {
        file.Finish(Source.Describe(Table), tool);
        Dispose();
    }

    public void Dispose() => own?.Dispose();
}
