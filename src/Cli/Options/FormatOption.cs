using System.CommandLine;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Options;

/// <summary>Which of the formats that there are for events, or for connections.</summary>
internal sealed class FormatOption
{
    private readonly ExportKinds kind;
    private readonly Option<ExportFormat?> option;

    internal FormatOption(ExportKinds kind)
    {
        this.kind = kind;
        option = OptionFactory.Word<ExportFormat?>(
            $"What to print: {string.Join("; ", ExportFormat.Of(kind).Select(format => $"{format.Name}, {format.Doc}"))}.",
            "FORMAT",
            ExportFormat.Of(kind).ToDictionary(format => format.Name, ExportFormat? (format) => format),
            "--format");
    }

    internal Option Option => option;

    /// <summary>Makes the exporter to standard output.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="usual">The name of the format if none is given.</param>
    /// <param name="options">What else was chosen.</param>
    /// <param name="output">Standard output.</param>
    /// <exception cref="CommandException">The format cannot be written there.</exception>
    internal IExporter Create(ParseResult parsed, string usual, ExportOptions options, Stream output)
    {
        var format = parsed.GetValue(option) ?? ExportFormat.Of(kind, usual);
        return format.IsBinary && !Console.IsOutputRedirected
            ? throw new CommandException(
                $"--format {format.Name} is binary; send it to a file or a pipe, such as > FILE{format.Extensions[0]}", ExitCode.Usage)
            : format.Create(output, options);
    }
}
