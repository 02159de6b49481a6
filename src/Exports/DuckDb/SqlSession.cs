using System.Runtime.InteropServices;

namespace TraceCap.Exports.DuckDb;

/// <summary>
/// DuckDB in this process, with the tables of captures: as functions, as <c>FROM 'run.tcap'</c>, and as views over the captures that
/// are meant if none is named. Nothing is imported: captures are read while a query runs. What SQL can reach beside captures is nothing, unless files are
/// allowed: it can read and write no other file, load no extension, and change no setting that would let it. For one thread, but for
/// <see cref="Interrupt"/>.
/// </summary>
internal sealed unsafe class SqlSession : IDisposable
{
    /// <summary>How the names of captures end that may stand where a table does.</summary>
    private static readonly string[] endings = [".tcap", ".tcap.gz", ".tcap.zst", ".tcap.xz", ".tcap.bz2", ".tcap.lz4"];

    private readonly Lock interrupting = new();
    private readonly bool allowFiles;
    private readonly string folder;
    private nint database;
    private nint connection;
    private LogGuard? guard;

    /// <param name="inputs">The captures.</param>
    /// <param name="allowFiles">Whether SQL may read and write files as DuckDB does, and load its extensions.</param>
    /// <exception cref="SqlException">DuckDB is not there.</exception>
    internal SqlSession(ICaptureInputs inputs, bool allowFiles)
    {
        DuckDbLibrary.Load();
        this.allowFiles = allowFiles;
        State = new QueryState(inputs);
        folder = Path.Combine(Path.GetTempPath(), $"tracecap-query-{Path.GetRandomFileName()}");
        Open();
        try
        {
            SetUp();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The query that runs, or ran last.</summary>
    internal QueryState State { get; }

    /// <summary>Ends the query that runs, if one does. For any thread.</summary>
    internal void Interrupt()
    {
        lock (interrupting)
        {
            if (connection != 0)
            {
                State.Interrupt();
                DuckDbApi.Interrupt(connection);
            }
        }
    }

    /// <summary>Runs SQL: each statement in turn.</summary>
    /// <returns>The rows of the last one; null if it gives none. They are read while they are taken, so only until the next call.</returns>
    /// <exception cref="SqlException">It is wrong, or what it reads is.</exception>
    internal SqlResult? Run(string sql)
    {
        lock (interrupting)
        {
            State.Begin();
        }

        var count = DuckDbApi.ExtractStatements(connection, sql, out var statements);
        try
        {
            if (count == 0)
            {
                throw State.Problem(Marshal.PtrToStringUTF8(DuckDbApi.ExtractError(statements)), isUsage: true) ?? new SqlException("there is no statement in the SQL", isUsage: true);
            }

            for (var i = 0ul; i < count - 1; i++)
            {
                using var result = Run(statements, i);
                result?.Skip();
            }

            return Run(statements, count - 1);
        }
        finally
        {
            DuckDbApi.DestroyExtracted(ref statements);
        }
    }

    /// <summary>Writes the rows of a query as Parquet.</summary>
    /// <param name="sql">One statement, without a semicolon but at its end.</param>
    /// <param name="output">Takes the file.</param>
    /// <inheritdoc cref="Run(string)" path="/exception" />
    internal void WriteParquet(string sql, Stream output)
    {
        CreateFolder();
        var path = Path.Combine(folder, Path.GetRandomFileName());
        // A comment may stand at its end.
        Do($"COPY (\n{sql.TrimEnd().TrimEnd(';')}\n) TO {SqlNames.Quote(path)} (FORMAT parquet, COMPRESSION zstd)");
        using var file = File.OpenRead(path);
        file.CopyTo(output);
        File.Delete(path);
    }

    public void Dispose()
    {
        lock (interrupting)
        {
            guard?.Dispose();
            DuckDbApi.Disconnect(ref connection);
            DuckDbApi.Close(ref database);
        }

        State.Dispose();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private SqlResult? Run(nint statements, ulong place)
    {
        guard?.Shut();
        nint prepared = 0;
        try
        {
            if (DuckDbApi.PrepareExtracted(connection, statements, place, out prepared) != DuckDbApi.Success)
            {
                throw State.Problem(Marshal.PtrToStringUTF8(DuckDbApi.PrepareError(prepared)) ?? "it cannot be prepared", isUsage: true)!;
            }

            return SqlResult.Of(State, prepared);
        }
        finally
        {
            DuckDbApi.DestroyPrepare(ref prepared);
        }
    }

    private void Open()
    {
        DuckDbApi.CreateConfig(out var config);
        try
        {
            Set(config, "temp_directory", folder);
            if (!allowFiles)
            {
                Set(config, "autoinstall_known_extensions", "false");
                Set(config, "autoload_known_extensions", "false");
                Set(config, "allow_community_extensions", "false");
                Set(config, "allow_persistent_secrets", "false");
            }

            if (DuckDbApi.Open(null, out database, config, out var error) != DuckDbApi.Success || DuckDbApi.Connect(database, out connection) != DuckDbApi.Success)
            {
                throw new SqlException($"DuckDB does not begin: {Marshal.PtrToStringUTF8(error) ?? "it does not say why"}");
            }
        }
        finally
        {
            DuckDbApi.DestroyConfig(ref config);
        }
    }

    private static void Set(nint config, string name, string value)
    {
        if (DuckDbApi.SetConfig(config, name, value) != DuckDbApi.Success)
        {
            throw new SqlException($"this DuckDB has no setting {name}; tracecap needs 1.5");
        }
    }

    private void SetUp()
    {
        foreach (var table in CaptureTable.All)
        {
            new TableFunction(State, table).Register(connection);
            Do(SqlNames.MacroOf(table));
            if (State.Inputs.Names.Count > 0)
            {
                Do($"CREATE VIEW {table.Name} AS SELECT * FROM {table.Name}()");
            }
        }

        TableFunctionApi.AddReplacementScan(database, &Replace, 0, null);
        if (!allowFiles)
        {
            // Nothing can be allowed any more once the others are off.
            Do($"SET allowed_directories = [{SqlNames.Quote(folder)}]");
            Do("SET enable_external_access = false");
            // Else the guard would make an error of the warning that DuckDB has for x -> x + 1.
            Do("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'");
            guard = new LogGuard(database);
            Do("SET lock_configuration = true");
        }
    }

    private void Do(string sql)
    {
        using var result = Run(sql);
        result?.Skip();
    }

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A table that is not there may be a capture, or the table of captures that were not named: its function says so.</summary>
    [UnmanagedCallersOnly]
    private static void Replace(nint scan, nint name, nint data)
    {
        var text = Marshal.PtrToStringUTF8(name) ?? "";
        if (CaptureTable.All.FirstOrDefault(one => one.Name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } table)
        {
            TableFunctionApi.ReplaceBy(scan, table.Name);
        }
        else if (endings.Any(ending => text.EndsWith(ending, StringComparison.Ordinal)))
        {
            var value = DuckDbApi.CreateText(text);
            TableFunctionApi.ReplaceBy(scan, CaptureTable.All[0].Function);
            TableFunctionApi.ReplacementParameter(scan, value);
            DuckDbApi.DestroyValue(ref value);
        }
    }
}
