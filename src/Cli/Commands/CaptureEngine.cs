using TraceCap.Analyzer.Output.Tables;
using TraceCap.Cli.Files;
using TraceCap.Exports.DuckDb;

namespace TraceCap.Cli.Commands;

/// <summary>DuckDB in this process, over captures.</summary>
/// <param name="session">DuckDB; is disposed by who made it.</param>
/// <param name="inputs">The captures.</param>
internal sealed class CaptureEngine(SqlSession session, QueryInputs inputs) : QueryEngine
{
    /// <inheritdoc />
    internal override string Greeting => "SQL over captures";

    /// <inheritdoc />
    internal override void Run(string sql, Action<TableData> take)
    {
        inputs.Begin();
        using var rows = session.Run(sql);
        if (rows is not null)
        {
            take(rows.Table);
        }
    }

    /// <inheritdoc />
    internal override void Interrupt() => session.Interrupt();

    /// <inheritdoc />
    internal override void Schema(string? table, Action<TableData> take) => take(SqlSchema.Columns(table));

    /// <inheritdoc />
    internal override bool Explains(Exception error) => error is SqlException;

    public override void Dispose()
    {
        // Nothing is its own.
    }
}
