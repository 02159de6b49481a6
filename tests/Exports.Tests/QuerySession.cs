using System.Collections.Concurrent;
using TraceCap.Exports.DuckDb;
using TraceCap.Format.Reading;

namespace TraceCap.Exports.Tests;

/// <summary>SQL over captures, without the command line.</summary>
internal sealed class QuerySession : ICaptureInputs, IDisposable
{
    private readonly SqlSession session;

    internal QuerySession(params string[] names)
        : this(allowFiles: false, names)
    {
    }

    internal QuerySession(bool allowFiles, params string[] names)
    {
        Names = names;
        session = new SqlSession(this, allowFiles);
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Names { get; }

    /// <summary>The captures that were read to their ends, each as often as it was, with what could not be read.</summary>
    internal ConcurrentQueue<(string Name, long Damage, int Truncated)> Ended { get; } = new();

    internal SqlSession Sql => session;

    /// <inheritdoc />
    public ICaptureInput Open(string name) => new Input(this, name);

    /// <summary>The rows of a query as texts; null where there is no value.</summary>
    internal string?[][] Rows(string sql)
    {
        using var result = session.Run(sql);
        return result is null
            ? []
            : [.. result.Table.Rows.Select(row => row.Select((value, i) => value.IsKnown ? result.Columns[i].Type.Text(in value) : null).ToArray())];
    }

    /// <summary>The one value of a query.</summary>
    internal string? One(string sql) => Assert.Single(Assert.Single(Rows(sql)));

    public void Dispose() => session.Dispose();

    private sealed class Input(QuerySession session, string name) : ICaptureInput
    {
        public Stream Stream { get; } = File.OpenRead(name);

        public void Ended(CaptureReader reader) => session.Ended.Enqueue((name, reader.Damage.Count, reader.Truncated));

        public void Dispose() => Stream.Dispose();
    }
}
