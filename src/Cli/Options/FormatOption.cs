using System.CommandLine;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Options;

/// <summary>Which of the formats that there are for events, or for connections, and with which fields.</summary>
internal sealed class FormatOption
{
    private readonly ExportKinds kind;
    private readonly Option<ExportFormat?> format;
    private readonly Option<ExportOptions?> fields;

    /// <param name="kind">Events or connections.</param>
    /// <param name="with">Reads fields.</param>
    internal FormatOption(ExportKinds kind, Func<string, ExportOptions> with)
    {
        this.kind = kind;
        format = OptionFactory.Word<ExportFormat?>(
            $"What to print: {string.Join("; ", ExportFormat.Of(kind).Select(format => $"{format.Name}, {format.Doc}"))}.",
            "FORMAT",
            ExportFormat.Of(kind).ToDictionary(format => format.Name, ExportFormat? (format) => format),
            "--format",
            format => format!.Doc);
        fields = OptionFactory.Explained(
            $"Which fields, with commas between them, or all; tracecap fields lists them. Not for {string.Join(", ", ExportFormat.Of(kind).Where(format => !format.TakesFields).Select(format => format.Name))}.",
            "FIELDS",
            with,
            "--fields").Offering(kind == ExportKinds.Events ? Vocabulary.EventFieldNames : Vocabulary.ConnectionFieldNames);
    }

    /// <summary>Which format.</summary>
    internal Option Format => format;

    /// <summary>Which fields.</summary>
    internal Option Fields => fields;

    /// <summary>Whether fields are chosen.</summary>
    internal bool HasFields(ParseResult parsed) => parsed.GetValue(fields) is not null;

    /// <summary>Makes the exporter.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="usual">The name of the format that the command's other options mean; null if they say nothing.</param>
    /// <param name="otherwise">The name of the format if nothing says any.</param>
    /// <param name="path">The file that is written; null for standard output.</param>
    /// <param name="options">What else was chosen.</param>
    /// <param name="output">Where it goes.</param>
    /// <exception cref="CommandException">The format cannot be written there, or does not show fields.</exception>
    internal IExporter Create(ParseResult parsed, string? usual, string otherwise, string? path, ExportOptions options, ResultOutput output)
    {
        var chosen = parsed.GetValue(fields);
        var made = parsed.GetValue(format)
            ?? (usual is not null ? ExportFormat.Of(kind, usual) : OfFile(path))
            ?? ExportFormat.Of(kind, chosen is null ? otherwise : "table");
        if (chosen is not null && !made.TakesFields)
        {
            throw new CommandException(
                $"--fields: {made.Name} has columns of its own; expected --format {string.Join(", ", ExportFormat.Of(kind).Where(one => one.TakesFields).Select(one => one.Name))}", ExitCode.Usage);
        }

        return made.IsBinary && output.IsTerminal
            ? throw new CommandException(
                $"--format {made.Name} is binary; send it to a file or a pipe, such as > FILE{made.Extensions[0]}", ExitCode.Usage)
            : made.Create(output.Stream, options with
            {
                EventFields = chosen?.EventFields,
                ConnectionFields = chosen?.ConnectionFields,
                Width = output.Width,
                Colours = output.Colours,
            });
    }

    /// <summary>What the end of a name tells; null if nothing, as .txt does.</summary>
    private ExportFormat? OfFile(string? path) => path is null ? null
        : ExportFormat.Of(kind).FirstOrDefault(one => one.TakesFields && one.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()) && !one.Extensions.Contains(".txt"));
}
