using System.Runtime.InteropServices;
using TraceCap.Analyzer.Filters;

namespace TraceCap.Exports.DuckDb;

/// <summary>A table of captures as a function of SQL. DuckDB calls it from threads of its own; what fails here is told to DuckDB, and
/// never thrown through its code.</summary>
/// <param name="state">What the function belongs to.</param>
/// <param name="table">The table.</param>
internal sealed unsafe class TableFunction(QueryState state, CaptureTable table)
{
    /// <summary>Has SQL know it.</summary>
    internal void Register(nint connection)
    {
        var function = TableFunctionApi.Create();
        var any = DuckDbApi.CreateType(DuckType.Any);
        TableFunctionApi.SetName(function, table.Function);
        TableFunctionApi.AddParameter(function, any);
        foreach (var filter in table.Filters)
        {
            TableFunctionApi.AddNamedParameter(function, filter.Name, any);
        }

        TableFunctionApi.SetExtraInfo(function, Handles.Give(this), &Handles.Free);
        TableFunctionApi.SetBind(function, &Bind);
        TableFunctionApi.SetInit(function, &Init);
        TableFunctionApi.SetLocalInit(function, &InitThread);
        TableFunctionApi.SetFunction(function, &Read);
        TableFunctionApi.SupportProjection(function, true);
        var state = TableFunctionApi.Register(connection, function);
        TableFunctionApi.Destroy(ref function);
        DuckDbApi.DestroyType(ref any);
        if (state != DuckDbApi.Success)
        {
            throw new InvalidOperationException($"DuckDB does not take the function {table.Function}");
        }
    }

    [UnmanagedCallersOnly]
    private static void Bind(nint bind)
    {
        var function = Handles.Get<TableFunction>(TableFunctionApi.BindExtraInfo(bind));
        try
        {
            function.BindTo(bind);
        }
        catch (Exception error)
        {
            TableFunctionApi.BindError(bind, function.Failed(error));
        }
    }

    [UnmanagedCallersOnly]
    private static void Init(nint init)
    {
        var bound = Handles.Get<BoundTable>(TableFunctionApi.InitBindData(init));
        try
        {
            var scan = new RunningScan(bound, init);
            TableFunctionApi.InitMaxThreads(init, (ulong)scan.Threads);
            TableFunctionApi.InitData(init, Handles.Give(scan), &Handles.Free);
        }
        catch (Exception error)
        {
            TableFunctionApi.InitError(init, bound.Function.Failed(error));
        }
    }

    /// <summary>What a thread needs is made when it first reads: here DuckDB does not tell of which scan it is.</summary>
    [UnmanagedCallersOnly]
    private static void InitThread(nint init) => TableFunctionApi.InitData(init, Handles.Give(new ThreadSlot()), &Handles.Free);

    [UnmanagedCallersOnly]
    private static void Read(nint function, nint chunk)
    {
        var scan = Handles.Get<RunningScan>(TableFunctionApi.FunctionInitData(function));
        try
        {
            Handles.Get<ThreadSlot>(TableFunctionApi.FunctionLocalData(function)).Write(scan, chunk);
        }
        catch (Exception error)
        {
            TableFunctionApi.FunctionError(function, scan.Failed(error));
        }
    }

    private void BindTo(nint bind)
    {
        var named = SqlValue.Take(TableFunctionApi.BindParameter(bind, 0));
        var filter = table.Filters.Aggregate(
            new FilterText(),
            (text, argument) => argument.AddTo(text, SqlValue.Take(TableFunctionApi.BindNamedParameter(bind, argument.Name)) ?? []));
        var names = named ?? state.Inputs.Names;
        if (names.Count == 0)
        {
            throw new SqlException($"{table.Name}(): no capture is named; name one here, such as {table.Name}('run.tcap'), or before the query", isUsage: true);
        }

        var request = new TableRequest(state.Inputs, CapturePatterns.Expand(names), filter.ToString(), state.Token);
        table.Check(request);
        foreach (var column in table.Columns)
        {
            var type = DuckDbApi.CreateType(DataChunkWriter.TypeOf(column));
            TableFunctionApi.BindColumn(bind, column.Name, type);
            DuckDbApi.DestroyType(ref type);
        }

        if (table.Estimate(request) is { } rows)
        {
            TableFunctionApi.BindCardinality(bind, rows, isExact: false);
        }

        TableFunctionApi.BindData(bind, Handles.Give(new BoundTable(this, request)), &Handles.Free);
    }

    private int ColumnCount => table.Columns.Count;

    private TableScan Scan(TableRequest request, IReadOnlyList<int> chosen) => table.Scan(request, chosen);

    private string Failed(Exception error) => state.Failed(table, error);

    /// <summary>A call of the function in a query.</summary>
    private sealed record BoundTable(TableFunction Function, TableRequest Request);

    /// <summary>A call that is carried out.</summary>
    private sealed class RunningScan : IDisposable
    {
        private readonly TableFunction function;
        private readonly TableScan scan;
        private readonly int[] places;

        /// <param name="bound">The call.</param>
        /// <param name="init">Knows which columns are needed. One that is none of ours stands for the rows themselves, to be counted.</param>
        internal RunningScan(BoundTable bound, nint init)
        {
            function = bound.Function;
            var wanted = Enumerable.Range(0, (int)TableFunctionApi.InitColumns(init)).Select(place => (Place: place, Column: TableFunctionApi.InitColumn(init, (ulong)place)))
                .Where(one => one.Column < (ulong)function.ColumnCount).ToArray();
            places = [.. wanted.Select(one => one.Place)];
            scan = function.Scan(bound.Request, [.. wanted.Select(one => (int)one.Column)]);
        }

        internal int Threads => scan.Threads;

        /// <summary>Which vectors the columns are.</summary>
        internal ReadOnlySpan<int> Places => places;

        internal ScanThread Begin() => scan.Begin();

        internal string Failed(Exception error) => function.Failed(error);

        public void Dispose() => scan.Dispose();
    }

    /// <summary>What a thread keeps from call to call.</summary>
    private sealed class ThreadSlot : IDisposable
    {
        private ScanThread? thread;
        private DataChunkWriter? writer;
        private int written;

        /// <summary>Writes the next rows; none at the end.</summary>
        internal void Write(RunningScan scan, nint chunk)
        {
            thread ??= scan.Begin();
            writer ??= new DataChunkWriter(thread.Columns);
            if (written == thread.Count)
            {
                written = 0;
                if (!thread.Read())
                {
                    DuckDbApi.SetChunkSize(chunk, 0);
                    return;
                }
            }

            var count = Math.Min(DataChunkWriter.MostRows, thread.Count - written);
            writer.Write(chunk, scan.Places, written, count);
            written += count;
        }

        public void Dispose() => writer?.Dispose();
    }
}
