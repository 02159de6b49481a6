namespace TraceCap.Exports.DuckDb;

/// <summary>
/// Keeps SQL from DuckDB's logs, which go to any file and to standard output, whatever else is forbidden; where a log may not be written,
/// DuckDB ends the process. No setting forbids them, and SQL may spell the name of their function in pieces. But the first that the
/// function does is to warn that it changes the log; so where warnings are logged, and are errors, it always fails. Switching the log off
/// would be the way around: the guard switches it on again before each statement, by the same function, which has to fail if it is on.
/// It has a connection of its own, so that what fails here is no part of a transaction of the user.
/// </summary>
internal sealed unsafe class LogGuard : IDisposable
{
    /// <summary>Logs warnings only, into memory, where none comes to stand.</summary>
    private const string Enable = "CALL enable_logging(level => 'warning')";

    private nint connection;

    /// <param name="database">Its settings can still be changed.</param>
    internal LogGuard(nint database)
    {
        if (DuckDbApi.Connect(database, out connection) != DuckDbApi.Success
            || !Succeeds("SET logging_level = 'warning'; SET enable_logging = true; SET warnings_as_errors = true"))
        {
            throw NotShut();
        }
    }

    /// <summary>Sees to it that the next statement cannot reach the logs.</summary>
    internal void Shut()
    {
        if (Succeeds(Enable) && Succeeds(Enable))
        {
            throw NotShut();
        }
    }

    public void Dispose() => DuckDbApi.Disconnect(ref connection);

    private static SqlException NotShut() => new("this DuckDB lets SQL write its logs to files; tracecap needs 1.5, or --allow-files for SQL that you trust");

    private bool Succeeds(string sql)
    {
        DuckResult result;
        var state = DuckDbApi.Query(connection, sql, &result);
        DuckDbApi.DestroyResult(&result);
        return state == DuckDbApi.Success;
    }
}
