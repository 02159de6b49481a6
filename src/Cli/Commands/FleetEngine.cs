using System.CommandLine;
using System.Runtime.InteropServices;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.ClickHouse;

namespace TraceCap.Cli.Commands;

/// <summary>A fleet's ClickHouse, over what was shipped to it.</summary>
internal sealed class FleetEngine(ServerAddress address) : QueryEngine
{
    /// <summary>What the option calls it.</summary>
    internal const string Name = "clickhouse";

    private const string Parquet = ".parquet";

    private readonly FleetServer server = new(address);
    private readonly Lock interrupting = new();
    private CancellationTokenSource stop = new();

    /// <inheritdoc />
    internal override string Greeting => $"SQL over what was shipped to {server.Name}";

    /// <summary>Answers SQL of the command line, or without any at a prompt.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="address">The fleet.</param>
    /// <param name="result">Where rows go.</param>
    /// <param name="files">What is named before the SQL.</param>
    /// <param name="sql">The SQL; null if there is none.</param>
    /// <param name="showsSchema">Whether only the tables are wanted.</param>
    internal static ExitCode Run(ParseResult parsed, ServerAddress address, TableResult result, string[] files, string? sql, bool showsSchema)
    {
        if (files is [var file, ..])
        {
            throw new CommandException(
                $"{file}: --engine {Name} asks the fleet about what was shipped to it; expected SQL alone, which says WHERE capture = '...'", ExitCode.Usage);
        }

        using var engine = new FleetEngine(address);
        try
        {
            if (showsSchema)
            {
                engine.Schema(null, Write);
                return ExitCode.Done;
            }

            if (sql is null)
            {
                return QueryPrompt.Run(engine, result.Format(parsed) ?? TableFormat.Table);
            }

            var first = new FirstInterrupt();
            using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
            {
                context.Cancel = first.Spares(context);
                engine.Interrupt();
            });
            if (result.Path(parsed) is { } path && Path.GetExtension(path).Equals(Parquet, StringComparison.OrdinalIgnoreCase))
            {
                using var output = result.Open(parsed);
                engine.WriteParquet(sql, output.Stream);
                output.Finish();
            }
            else
            {
                engine.Run(sql, Write);
            }

            return ExitCode.Done;
        }
        catch (FleetException error)
        {
            throw new CommandException(error.Message, error.IsOfSql ? ExitCode.Usage : ExitCode.Failed);
        }

        void Write(TableData table)
        {
            using var output = result.Open(parsed);
            result.Write(parsed, output, result.Format(parsed) ?? TableFormat.Table, table);
            output.Finish();
        }
    }

    /// <inheritdoc />
    internal override void Run(string sql, Action<TableData> take)
    {
        using var rows = FleetResult.Of(server.Query(sql, FleetResult.Format, Begin()));
        if (rows is not null)
        {
            take(rows.Table);
        }
    }

    /// <inheritdoc />
    internal override void Interrupt()
    {
        lock (interrupting)
        {
            stop.Cancel();
        }
    }

    /// <inheritdoc />
    internal override void Schema(string? table, Action<TableData> take) => Run(FleetSchema.ColumnsQuery(table), take);

    /// <inheritdoc />
    internal override bool Explains(Exception error) => error is FleetException;

    public override void Dispose()
    {
        server.Dispose();
        stop.Dispose();
    }

    /// <summary>The server writes it as Parquet.</summary>
    private void WriteParquet(string sql, Stream output)
    {
        using var answer = server.Query(sql, "Parquet", Begin());
        answer.Guard(() =>
        {
            answer.Stream.CopyTo(output);
            return true;
        });
    }

    /// <summary>Another query begins, which an interrupt of the one before does not end.</summary>
    private CancellationToken Begin()
    {
        lock (interrupting)
        {
            if (stop.IsCancellationRequested)
            {
                stop.Dispose();
                stop = new CancellationTokenSource();
            }

            return stop.Token;
        }
    }
}
