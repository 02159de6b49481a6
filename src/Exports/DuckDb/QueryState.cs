namespace TraceCap.Exports.DuckDb;

/// <summary>A query while it runs: what it reads, whether it is to end, and why it failed.</summary>
/// <param name="inputs">The captures.</param>
internal sealed class QueryState(ICaptureInputs inputs) : IDisposable
{
    /// <summary>What <c>enable_logging</c> warns of first, and what it fails with where warnings are errors: see <see cref="LogGuard"/>.</summary>
    private const string LogWarning = "logging settings have been changed";

    private CancellationTokenSource source = new();
    private Exception? failure;

    /// <summary>The captures.</summary>
    internal ICaptureInputs Inputs => inputs;

    /// <summary>Ends what is read for the query.</summary>
    internal CancellationToken Token => source.Token;

    /// <summary>Another query begins.</summary>
    internal void Begin()
    {
        failure = null;
        if (source.IsCancellationRequested)
        {
            source.Dispose();
            source = new CancellationTokenSource();
        }
    }

    /// <summary>Ends it.</summary>
    internal void Interrupt() => source.Cancel();

    /// <summary>Notes why it cannot go on.</summary>
    /// <returns>The same for DuckDB.</returns>
    internal string Failed(CaptureTable table, Exception error)
    {
        failure ??= error is FormatException ? new SqlException($"{table.Name}(): {error.Message}", isUsage: true) : error;
        return error.Message;
    }

    /// <summary>What is to be said of a failure of DuckDB; ours come first.</summary>
    /// <param name="message">What DuckDB says; null if there is none.</param>
    /// <param name="isUsage">Whether the SQL is wrong.</param>
    internal Exception? Problem(string? message, bool isUsage) =>
        message is null or "" ? null
        : source.IsCancellationRequested ? new OperationCanceledException()
        : failure ?? (message.Contains(LogWarning, StringComparison.Ordinal)
            ? new SqlException("enable_logging writes files, and to standard output: only with --allow-files", isUsage: true)
            : new SqlException(Text(message), isUsage));

    public void Dispose() => source.Dispose();

    /// <summary>The lines of a message, each within the message.</summary>
    private static string Text(string message) => string.Join("\n  ", message.Replace("\t", "  ", StringComparison.Ordinal).Split('\n').Where(line => line.Trim().Length > 0));
}
