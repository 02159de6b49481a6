using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Cli.Commands;

/// <summary>What answers SQL: statement after statement, at a prompt or from the command line.</summary>
internal abstract class QueryEngine : IDisposable
{
    /// <summary>What the prompt says first.</summary>
    internal abstract string Greeting { get; }

    /// <summary>Runs SQL.</summary>
    /// <param name="sql">The SQL.</param>
    /// <param name="take">Is given the rows if there are any; they are read while they are taken.</param>
    internal abstract void Run(string sql, Action<TableData> take);

    /// <summary>Ends the query that runs, if one does. For any thread.</summary>
    internal abstract void Interrupt();

    /// <summary>The tables and their columns.</summary>
    /// <param name="table">Of this table alone; null: of all.</param>
    /// <param name="take">Is given them.</param>
    internal abstract void Schema(string? table, Action<TableData> take);

    /// <summary>Whether an error is one of the SQL or of what it asks, so that the next statement may be right.</summary>
    internal abstract bool Explains(Exception error);

    public abstract void Dispose();
}
