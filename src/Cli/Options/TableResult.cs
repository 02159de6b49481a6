using System.CommandLine;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Options;

/// <summary>The results of a command as a table: in which format, which of its columns, and where to.</summary>
internal sealed class TableResult
{
    private readonly Option<TableFormat?> format;
    private readonly Option<string?> fields = OptionFactory.Text("Which columns, with commas between them, or all.", "COLUMNS", "--fields");
    private readonly ResultOptions result = new();

    private readonly bool hasFile;

    /// <param name="what">What the rows are.</param>
    /// <param name="hasFile">Whether they may go into a file.</param>
    /// <param name="columns">What the columns are, for completion; null if that depends on what is asked for.</param>
    internal TableResult(string what, bool hasFile = true, ValueSource? columns = null)
    {
        this.hasFile = hasFile;
        if (columns is not null)
        {
            fields.Offering(columns.Listed());
        }

        format = OptionFactory.Word<TableFormat?>(
            $"{what} as a table: {string.Join("; ", TableFormat.All.Select(format => $"{format.Name}, {format.Doc}"))}.",
            "FORMAT",
            TableFormat.All.ToDictionary(format => format.Name, TableFormat? (format) => format),
            "--format",
            format => format!.Doc);
    }

    /// <param name="command">Gets the options.</param>
    /// <param name="others">Switches that mean another output.</param>
    internal void AddTo(Command command, params Option<bool>[] others)
    {
        OptionGroups.Put(OptionGroups.Output, [format, fields, .. others]);
        command.Add(format);
        command.Add(fields);
        if (hasFile)
        {
            result.AddTo(command);
        }

        command.Validators.Add(given =>
        {
            foreach (var other in others.Where(other => given.ValueIfRight(other)))
            {
                foreach (var option in new Option[] { format, fields }.Where(given.IsGiven))
                {
                    given.AddError($"{other.Name} and {option.Name} exclude each other");
                }
            }
        });
    }

    /// <inheritdoc cref="ResultOptions.Path" />
    internal string? Path(ParseResult parsed) => result.Path(parsed);

    /// <summary>Which columns.</summary>
    internal Option Fields => fields;

    /// <summary>In which format.</summary>
    internal Option<TableFormat?> Choice => format;

    /// <summary>The options that choose how the table looks.</summary>
    internal IEnumerable<Option> Choices => [format, fields];

    /// <summary>The format; null if nothing says that a table is wanted, nor the name of the file.</summary>
    internal TableFormat? Format(ParseResult parsed)
    {
        var named = hasFile && result.Path(parsed) is { } path ? TableFormat.OfFile(path) : null;
        return parsed.GetValue(format)
            ?? (named is { IsForPeople: true } && named == TableFormat.Table ? null : named)
            ?? (parsed.GetValue(fields) is null ? null : TableFormat.Table);
    }

    /// <inheritdoc cref="ResultOptions.Open" />
    internal ResultOutput Open(ParseResult parsed, params ReadOnlySpan<string> inputs) => result.Open(parsed, inputs);

    /// <summary>The places of the columns that are asked for.</summary>
    /// <exception cref="CommandException">There is no such column.</exception>
    internal int[] Choose(ParseResult parsed, IReadOnlyList<TableColumn> columns)
    {
        try
        {
            return new TableData(columns, []).Choose(parsed.GetValue(fields));
        }
        catch (FormatException error)
        {
            throw new CommandException($"--fields: {error.Message}", ExitCode.Usage);
        }
    }

    /// <summary>Writes the table.</summary>
    /// <exception cref="CommandException">There is no such column.</exception>
    internal void Write(ParseResult parsed, ResultOutput output, TableFormat made, TableData data)
    {
        try
        {
            data.Write(output.Stream, made, parsed.GetValue(fields), output.Width, output.Colours);
        }
        catch (FormatException error)
        {
            throw new CommandException($"--fields: {error.Message}", ExitCode.Usage);
        }
    }
}
