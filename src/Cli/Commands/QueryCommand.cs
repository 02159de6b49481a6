using System.Buffers;
using System.CommandLine;
using System.Runtime.InteropServices;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.DuckDb;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap query</c></summary>
internal static class QueryCommand
{
    private const string Parquet = ".parquet";

    private static readonly Dictionary<string, string?> engines = new() { ["duckdb"] = null, [FleetEngine.Name] = FleetEngine.Name };

    internal static Command Create()
    {
        var words = new Argument<string[]>("FILE... SQL")
        {
            Description = "Captures or patterns such as 'run-*.tcap', and last the SQL; - reads that from standard input. Without SQL there is a prompt. FROM 'run.tcap' names a capture in SQL.",
            Arity = ArgumentArity.ZeroOrMore,
        }.Offering(ValueSource.Captures);
        var schema = OptionFactory.Flag("Only show the tables and their columns.", "--schema");
        var allowFiles = OptionFactory.Flag("Let SQL read and write other files too, and load DuckDB's extensions: only for SQL that you trust.", "--allow-files");
        var engine = OptionFactory.Word(
            "What answers: duckdb, out of the captures themselves; clickhouse, out of the fleet that they were shipped to. duckdb if not given.", "ENGINE", engines, "--engine");
        var fleet = new FleetOptions();
        var result = new TableResult("The rows");
        var command = new Command("query", "Answers SQL over captures, which are read while it runs: events, connections, captures and losses are tables.") { words, schema, allowFiles, engine };
        result.AddTo(command);
        fleet.AddTo(command);
        command.Validators.Add(given =>
        {
            var isFleet = given.ValueIfRight(engine) == FleetEngine.Name;
            if (isFleet != given.IsGiven(fleet.Url))
            {
                given.AddError(isFleet ? $"--engine {FleetEngine.Name} needs --url, the fleet's" : $"--url is for --engine {FleetEngine.Name}");
            }

            if (isFleet && given.ValueIfRight(allowFiles))
            {
                given.AddError($"--allow-files is for captures; what --engine {FleetEngine.Name} may do, the fleet's users say");
            }
        });
        command.Does(parsed => Guard(() =>
        {
            var (files, sql) = Split(parsed.GetValue(words) ?? []);
            var showsSchema = parsed.GetValue(schema);
            if (showsSchema && parsed.GetValue(engine) is null)
            {
                return Write(parsed, result, SqlSchema.Columns(), []);
            }

            if (sql is null && !showsSchema && Console.IsInputRedirected)
            {
                throw new CommandException("there is no SQL; it stands behind the captures, or on standard input with a - there; a prompt takes a terminal", ExitCode.Usage);
            }

            if (sql is null && !showsSchema && (parsed.CommandResult.IsGiven(result.Fields) || result.Path(parsed) is not null))
            {
                throw new CommandException("-o and --fields are for SQL on the command line; there is none", ExitCode.Usage);
            }

            sql = sql == CaptureName.Pipe ? StandardInput.ReadText() : sql;
            if (parsed.GetValue(engine) == FleetEngine.Name)
            {
                return FleetEngine.Run(parsed, fleet.Address(parsed), result, files, sql, showsSchema);
            }

            var inputs = new QueryInputs(files);
            using var session = new SqlSession(inputs, parsed.GetValue(allowFiles));
            return sql is null
                ? QueryPrompt.Run(new CaptureEngine(session, inputs), result.Format(parsed) ?? TableFormat.Table)
                : Run(parsed, result, session, inputs, sql);
        }));
        return command;
    }

    /// <summary>What SQL has and the names of files seldom have.</summary>
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\r\n(;");

    /// <summary>Tells SQL from names: it has blanks, and is no file.</summary>
    private static (string[] Files, string? Sql) Split(string[] words)
    {
        var isSql = words is [.., var last] && (last == CaptureName.Pipe || (last.AsSpan().ContainsAny(NotInNames) && !File.Exists(last)));
        var (files, sql) = isSql ? (words[..^1], words[^1]) : (words, null);
        return files.Contains(CaptureName.Pipe)
            ? throw new CommandException("-: a query reads captures as often as it has to, and standard input can be read once only; - stands for SQL, and last", ExitCode.Usage)
            : (files, sql);
    }

    private static ExitCode Run(ParseResult parsed, TableResult result, SqlSession session, QueryInputs inputs, string sql)
    {
        var first = new FirstInterrupt();
        using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = first.Spares(context);
            session.Interrupt();
        });
        if (result.Path(parsed) is { } path && Path.GetExtension(path).Equals(Parquet, StringComparison.OrdinalIgnoreCase))
        {
            if (result.Choices.Any(parsed.CommandResult.IsGiven))
            {
                throw new CommandException($"-o {path}: Parquet has all columns of the query, as they are; --format and --fields are for tables", ExitCode.Usage);
            }

            using var file = result.Open(parsed, [.. inputs.Names]);
            session.WriteParquet(sql, file.Stream);
            file.Finish();
            return inputs.Code;
        }

        using var rows = session.Run(sql);
        if (rows is not null)
        {
            Write(parsed, result, rows.Table, inputs.Names);
        }

        return inputs.Code;
    }

    private static ExitCode Write(ParseResult parsed, TableResult result, TableData data, IReadOnlyList<string> inputs)
    {
        using var output = result.Open(parsed, [.. inputs]);
        result.Write(parsed, output, result.Format(parsed) ?? TableFormat.Table, data);
        output.Finish();
        return ExitCode.Done;
    }

    private static ExitCode Guard(Func<ExitCode> action)
    {
        try
        {
            return action();
        }
        catch (SqlException error)
        {
            throw new CommandException(error.Message, error.IsUsage ? ExitCode.Usage : ExitCode.Failed);
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("interrupted", ExitCode.Interrupted);
        }
    }
}
