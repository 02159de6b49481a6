using System.Runtime.InteropServices;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Exports.DuckDb;

/// <summary>The rows of a query. They are made while they are taken: there may be more of them than memory has room for.</summary>
internal sealed unsafe class SqlResult : IDisposable
{
    /// <summary><c>DUCKDB_RESULT_TYPE_QUERY_RESULT</c></summary>
    private const int HasRows = 3;

    /// <summary>The columns of EXPLAIN: a plan is one text of many lines, drawn with characters.</summary>
    private static readonly string[] planColumns = ["explain_key", "explain_value"];

    private readonly QueryState state;
    private readonly DuckResult* result;
    private readonly VectorReader[] readers;
    private readonly bool isPlan;
    private bool isDisposed;

    private SqlResult(QueryState state, DuckResult* result)
    {
        this.state = state;
        this.result = result;
        var count = (int)DuckDbApi.ColumnCount(result);
        readers = new VectorReader[count];
        var columns = new TableColumn[count];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < count; i++)
        {
            var name = Unique(Marshal.PtrToStringUTF8(DuckDbApi.ColumnName(result, (ulong)i)) ?? "", names);
            var type = DuckDbApi.ColumnType(result, (ulong)i);
            try
            {
                readers[i] = VectorReader.Of(type, name);
            }
            finally
            {
                DuckDbApi.DestroyType(ref type);
            }

            columns[i] = new TableColumn(name, readers[i].Type, Analyzer.Formatting.PrintableText.Of(name));
        }

        isPlan = columns.Select(column => column.Name).SequenceEqual(planColumns);
        Columns = isPlan ? columns[1..] : columns;
    }

    /// <summary>What rows have.</summary>
    internal IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>The rows as a table that can be written in any format; once.</summary>
    internal TableData Table => new(Columns, isPlan ? PlanLines() : Rows());

    /// <summary>Runs a statement.</summary>
    /// <returns>Null if it has no rows.</returns>
    internal static SqlResult? Of(QueryState state, nint prepared)
    {
        var result = (DuckResult*)NativeMemory.AllocZeroed((nuint)sizeof(DuckResult));
        try
        {
            if (DuckDbApi.ExecuteStreaming(prepared, result) != DuckDbApi.Success)
            {
                throw state.Problem(Marshal.PtrToStringUTF8(DuckDbApi.ResultError(result)) ?? "it fails", isUsage: false)!;
            }

            if (DuckDbApi.ReturnType(*result) == HasRows)
            {
                return new SqlResult(state, result);
            }
        }
        catch
        {
            Free(result);
            throw;
        }

        Free(result);
        return null;
    }

    /// <summary>Takes all rows, and does nothing with them.</summary>
    internal void Skip()
    {
        foreach (var _ in Rows())
        {
            // They are not wanted.
        }
    }

    public void Dispose()
    {
        if (!isDisposed)
        {
            isDisposed = true;
            Free(result);
        }
    }

    private static void Free(DuckResult* result)
    {
        DuckDbApi.DestroyResult(result);
        NativeMemory.Free(result);
    }

    /// <summary>JSON cannot have a name twice.</summary>
    private static string Unique(string name, HashSet<string> names)
    {
        var unique = name;
        for (var number = 1; !names.Add(unique); number++)
        {
            unique = FormattableString.Invariant($"{name}_{number}");
        }

        return unique;
    }

    private IEnumerable<IReadOnlyList<FieldValue>> Rows()
    {
        var values = new FieldValue[readers.Length];
        for (var chunk = Fetch(); chunk != 0; chunk = Fetch())
        {
            try
            {
                var count = Begin(chunk);
                for (var row = 0; row < count; row++)
                {
                    for (var i = 0; i < values.Length; i++)
                    {
                        values[i] = readers[i].Read(row);
                    }

                    yield return values;
                }
            }
            finally
            {
                DuckDbApi.DestroyChunk(ref chunk);
            }
        }
    }

    /// <summary>Each line is a row, so that a plan looks as DuckDB draws it.</summary>
    private IEnumerable<IReadOnlyList<FieldValue>> PlanLines()
    {
        foreach (var row in Rows())
        {
            foreach (var line in ((string)row[1].Name!).TrimEnd('\n').Split('\n'))
            {
                yield return [FieldValue.Exactly(line)];
            }
        }
    }

    private int Begin(nint chunk)
    {
        for (var i = 0; i < readers.Length; i++)
        {
            readers[i].Begin(DuckDbApi.ChunkVector(chunk, (ulong)i));
        }

        return (int)DuckDbApi.ChunkSize(chunk);
    }

    private nint Fetch()
    {
        var chunk = DuckDbApi.FetchChunk(*result);
        return chunk == 0 && state.Problem(Marshal.PtrToStringUTF8(DuckDbApi.ResultError(result)), isUsage: false) is { } problem ? throw problem : chunk;
    }
}
