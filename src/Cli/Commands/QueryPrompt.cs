using System.Runtime.InteropServices;
using System.Text;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.DuckDb;

namespace TraceCap.Cli.Commands;

/// <summary>SQL that is typed, statement by statement; each ends with a semicolon. Ctrl-C ends the query that runs.</summary>
internal static class QueryPrompt
{
    private const string First = "tracecap> ";
    private const string Next = "       -> ";
    private const string Help = """
        Statements end with a semicolon. Tab completes names, up and down show lines of before.
        .schema [TABLE]  the tables and their columns
        .format [NAME]   how rows are shown: table, csv, tsv, json, ndjson or markdown
        .quit            the end, as Ctrl-D

        """;

    internal static ExitCode Run(QueryEngine engine, TableFormat format)
    {
        using var output = ResultOutput.Open(null, force: false);
        using var screen = StandardOutput.OpenText();
        using var keys = Descriptors.OpenKeys();
        using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            engine.Interrupt();
        });
        var prompt = new Prompt(engine, output, screen, keys) { Format = format };
        screen.Write($"{engine.Greeting}; .help lists what else there is\n");
        while (prompt.Read())
        {
            // It has answered.
        }

        return ExitCode.Done;
    }

    private sealed class Prompt(QueryEngine engine, ResultOutput output, TextWriter screen, Stream keys)
    {
        private readonly LineEditor editor = new(keys, screen, new LineHistory(LineHistory.PathOf("query_history")), Complete);
        private readonly StringBuilder statement = new();

        /// <summary>How rows are shown.</summary>
        internal TableFormat Format { get; set; } = TableFormat.Table;

        /// <summary>Reads a line, and answers it if it ends a statement.</summary>
        /// <returns>False at the end.</returns>
        internal bool Read()
        {
            if (ReadLine(statement.Length == 0 ? First : Next, out var isGivenUp) is not { } line)
            {
                statement.Clear();
                return isGivenUp;
            }

            if (statement.Length == 0 && line.TrimStart().StartsWith('.'))
            {
                return Command(line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            }

            statement.Append(line).Append('\n');
            if (line.TrimEnd().EndsWith(';'))
            {
                Try(() => engine.Run(statement.ToString(), Show));
                statement.Clear();
            }
            else if (string.IsNullOrWhiteSpace(statement.ToString()))
            {
                statement.Clear();
            }

            return true;
        }

        private static IReadOnlyList<string> Complete(string begun) =>
            [.. SqlSchema.Words.Where(word => word.StartsWith(begun, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];

        private string? ReadLine(string before, out bool isGivenUp)
        {
            using var terminal = RawTerminal.Begin();
            if (terminal is not null)
            {
                return editor.Read(before, StandardOutput.Columns, out isGivenUp);
            }

            isGivenUp = false;
            screen.Write(before);
            return PlainLines.Read(keys);
        }

        private bool Command(string[] words)
        {
            switch (words)
            {
                case [".quit" or ".exit"]:
                    return false;
                case [".help"]:
                    screen.Write(Help.ReplaceLineEndings("\n"));
                    break;
                case [".schema"]:
                    Try(() => engine.Schema(null, Show));
                    break;
                case [".schema", var table]:
                    Try(() => engine.Schema(table, Show));
                    break;
                case [".format", var name] when TableFormat.Find(name) is { } found:
                    Format = found;
                    break;
                case [".format", ..]:
                    screen.Write($"{Format.Name}; expected one of {string.Join(", ", TableFormat.All.Select(one => one.Name))}\n");
                    break;
                default:
                    Messages.Warn($"there is no {words[0]}; .help lists what there is");
                    break;
            }

            return true;
        }

        private void Try(Action action)
        {
            try
            {
                action();
            }
            catch (OperationCanceledException)
            {
                Messages.Warn("interrupted");
            }
            catch (Exception error) when (engine.Explains(error) || error is CommandException or IOException)
            {
                Messages.Warn(error.Message);
            }
        }

        private void Show(TableData table) => table.Write(output.Stream, Format, width: StandardOutput.Columns, colours: ColourChoice.OfOutput);
    }
}
