using TraceCap.Exports.Buffers;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.DuckDb;

/// <summary>What a query wants of a table.</summary>
/// <param name="Inputs">Opens captures.</param>
/// <param name="Files">The captures.</param>
/// <param name="Filter">Which rows: options of the command line, as their parsers read them; empty for all.</param>
/// <param name="Token">Ends the reading.</param>
internal sealed record TableRequest(ICaptureInputs Inputs, IReadOnlyList<string> Files, string Filter, CancellationToken Token);

/// <summary>A table of captures, as SQL sees it.</summary>
/// <param name="name">What it is called.</param>
/// <param name="doc">What its rows are.</param>
/// <param name="columns">What they have.</param>
/// <param name="filters">The names of its arguments that choose rows.</param>
internal abstract class CaptureTable(string name, string doc, IReadOnlyList<Column> columns, IReadOnlyList<FilterArgument> filters)
{
    /// <summary>The table of them all.</summary>
    internal static IReadOnlyList<CaptureTable> All { get; } = [new EventTable(), new ConnectionTable(), new CaptureListTable(), new LossTable()];

    /// <summary>What it is called.</summary>
    internal string Name => name;

    /// <summary>What the function is called that reads it. It has the captures as its first argument, which may be NULL for those of the command line.</summary>
    internal string Function => $"read_{name}";

    /// <summary>What its rows are.</summary>
    internal string Doc => doc;

    /// <summary>What they have.</summary>
    internal IReadOnlyList<Column> Columns => columns;

    /// <summary>Its arguments that choose rows.</summary>
    internal IReadOnlyList<FilterArgument> Filters => filters;

    /// <summary>Sees whether a query can be read, before it begins.</summary>
    /// <exception cref="FormatException">The filter is none.</exception>
    internal abstract void Check(TableRequest request);

    /// <summary>About how many rows it has; null if that takes time to tell.</summary>
    internal virtual ulong? Estimate(TableRequest request) => null;

    /// <summary>Begins to read.</summary>
    /// <param name="request">What of it.</param>
    /// <param name="chosen">The places of the columns that are needed.</param>
    internal abstract TableScan Scan(TableRequest request, IReadOnlyList<int> chosen);
}

/// <summary>A table that is read, by one thread or by several.</summary>
internal abstract class TableScan : IDisposable
{
    /// <summary>How many threads can read it at once.</summary>
    internal virtual int Threads => 1;

    /// <summary>Begins to read on a thread.</summary>
    internal abstract ScanThread Begin();

    public virtual void Dispose()
    {
    }
}

/// <summary>A thread that reads a table.</summary>
internal abstract class ScanThread
{
    /// <summary>The columns that are needed, of the rows that were read last.</summary>
    internal abstract IReadOnlyList<ScanColumn> Columns { get; }

    /// <summary>How many rows were read last.</summary>
    internal abstract int Count { get; }

    /// <summary>Reads on, until there are rows.</summary>
    /// <returns>False at the end.</returns>
    internal abstract bool Read();
}

/// <summary>A column of rows that are read.</summary>
/// <param name="values">Its values: that of each row, or those that rows have in common.</param>
internal sealed class ScanColumn(ColumnBuffer values)
{
    /// <summary>The values.</summary>
    internal ColumnBuffer Values => values;

    /// <summary>By row, the place of its value; null if each row has one of its own, in their order.</summary>
    internal ReadOnlyMemory<int>? Places { get; set; }
}
