using Apache.Arrow;
using Apache.Arrow.Ipc;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Exports.Buffers;

namespace TraceCap.Exports.Arrow;

/// <summary>Writes events or connections in Arrow's IPC format: as a file, or as a stream whose reader need not wait for the end.</summary>
internal sealed class ArrowExporter : ColumnExporter
{
    private readonly Stream output;
    private readonly bool isFile;
    private Apache.Arrow.Schema? schema;
    private ArrowStreamWriter? writer;

    /// <param name="output">Takes it; stays open.</param>
    /// <param name="kind">Events or connections.</param>
    /// <param name="options">Which fields, and where they come from.</param>
    /// <param name="isFile">Whether it is a file, which has a footer, or a stream.</param>
    internal ArrowExporter(Stream output, ExportKinds kind, ExportOptions options, bool isFile)
        : base(kind, options) => (this.output, this.isFile) = (new CountedStream(output), isFile);

    /// <summary>Nothing is packed, and a reader of a stream waits for the last of them.</summary>
    private protected override int RowsAtOnce => 1 << 15;

    /// <inheritdoc />
    private protected override void Write(ColumnBatch batch)
    {
        Open();
        var arrays = batch.Columns.Select(ArrowColumns.Of).ToArray();
        using var rows = new RecordBatch(schema!, arrays, batch.Count);
        writer!.WriteRecordBatch(rows);
    }

    /// <inheritdoc />
    private protected override void Finish(string tool)
    {
        Open();
        writer!.WriteEnd();
        writer.Dispose();
    }

    /// <summary>The schema comes first, and says what is known by then.</summary>
    private void Open()
    {
        if (writer is not null)
        {
            return;
        }

        schema = new Apache.Arrow.Schema(
            Columns.Select(column => new Field(column.Name, ArrowColumns.TypeOf(column.Kind), column.IsNullable)),
            Source.Origin(Table));
        writer = isFile ? new ArrowFileWriter(output, schema, leaveOpen: true) : new ArrowStreamWriter(output, schema, leaveOpen: true);
        writer.WriteStart();
    }
}
