using System.CommandLine;
using System.CommandLine.Parsing;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Exports;
using TraceCap.Exports.Dialects;
using TraceCap.Exports.Otlp;
using TraceCap.Exports.Parquet;
using TraceCap.Exports.Partitions;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap export</c></summary>
internal static class ExportCommand
{
    private const string Parquet = "parquet";

    internal static Command Create()
    {
        var files = OptionFactory.CaptureFiles("Captures, those of one host in the order of time; - is standard input.");
        var connections = OptionFactory.Flag("Connections, a row for each that ended or is still open; without it events.", "--connections");
        var formats = ExportFormats.All.Select(format => format.Name).Distinct().ToDictionary(name => name, string? (name) => name);
        var to = OptionFactory.Word(
            $"The format: {string.Join("; ", ExportFormats.All.DistinctBy(format => format.Name).Select(format => $"{format.Name}, {format.Doc}"))}. If not given, the end of the output's name tells it.",
            "FORMAT", formats, "--to", name => ExportFormats.All.First(format => format.Name == name).Doc);
        var schema = OptionFactory.Word<Dialect?>(
            $"Whose names and columns: {string.Join("; ", Dialect.All.Select(one => $"{one.Name}, {one.Doc}"))}.",
            "SCHEMA", Dialect.All.ToDictionary(one => one.Name, Dialect? (one) => one), "--schema", one => one!.Doc);
        var fields = OptionFactory.Text("Which fields, with commas between them, or all; tracecap fields lists them.", "FIELDS", "--fields").Offering(Vocabulary.EitherFieldNames);
        var count = OptionFactory.Count("At most so many rows, the first.", "COUNT", "-n", "--count", "--limit");
        var partition = OptionFactory.Text("Write a Parquet file for each host and day into folders host=NAME/date=DAY below this one.", "FOLDER", "--partition").Offering(ValueSource.Folders);
        var result = new ResultOptions();
        var filters = new ExportFilterOptions(AreConnections);
        var command = new Command("export", "Writes events or connections in the formats of other tools.") { files, to, connections, schema, fields, count, partition };
        result.AddTo(command);
        filters.AddTo(command);
        command.Validators.Add(given =>
        {
            var areConnections = AreConnections(given);
            if (given.ValueIfRight(fields) is { } names)
            {
                ExportFilterOptions.Explain(given, "--fields", () => _ = Options(areConnections, names));
            }

            if (given.IsGiven(partition) && (given.IsGiven(result.Output) || given.ValueIfRight(to) is not (null or Parquet)))
            {
                given.AddError($"--partition writes Parquet files of its own; expected neither -o nor another format beside it");
            }

            if (given.ValueIfRight(schema) is { } dialect && (given.IsGiven(fields) || given.IsGiven(partition)))
            {
                given.AddError($"--schema {dialect.Name} says which columns there are; expected neither --fields nor --partition beside it");
            }
        });
        command.Does(parsed =>
        {
            var kind = AreConnections(parsed.CommandResult) ? ExportKinds.Connections : ExportKinds.Events;
            var paths = parsed.GetValue(files)!;
            var force = parsed.GetValue(result.Force);
            var most = parsed.GetValue(count) ?? ulong.MaxValue;
            var options = Options(kind == ExportKinds.Connections, parsed.GetValue(fields));
            if (parsed.GetValue(partition) is { } root)
            {
                using var folder = new PartitionFolder(root, $"{NameOf(paths[0])}.parquet", force, paths);
                using var partitions = new ParquetPartitions(kind, options);
                var exporter = new PartitionedExporter(kind, path => partitions.Write(folder.Open(path)));
                var state = Run(kind, paths, exporter, options.Source, most, Events, Connections, printsRows: false);
                folder.Finish();
                return state;
            }

            var format = FormatOf(kind, parsed.GetValue(to), result.Path(parsed));
            if (format.IsSent)
            {
                return Send(format, options with { Endpoint = parsed.GetValue(result.Output) ?? "" });
            }

            var dialects = parsed.GetValue(schema);
            using var output = result.Open(parsed, paths);
            if (format.IsBinary && output.IsTerminal)
            {
                throw new CommandException($"--to {format.Name} is binary; send it to a file or a pipe, such as -o FILE{format.Extensions[0]}", ExitCode.Usage);
            }

            var made = dialects is null ? format.Create(output.Stream, options) : dialects.Create(output.Stream, format, kind)
                ?? throw new CommandException($"--schema {dialects.Name} is for {dialects.Takes}; {format.Name} of {kind.ToString().ToLowerInvariant()} has none", ExitCode.Usage);
            var code = Run(kind, paths, made, options.Source, most, Events, Connections, result.Path(parsed) is null);
            output.Finish();
            return code;

            ExitCode Send(ExportFormat to, ExportOptions with)
            {
                IExporter sender;
                try
                {
                    sender = to.Create(Stream.Null, with);
                }
                catch (FormatException error)
                {
                    throw new CommandException($"--to {to.Name}: {error.Message}", ExitCode.Usage);
                }

                return Run(kind, paths, sender, with.Source, most, Events, Connections, printsRows: false);
            }

            CaptureFilter Events() => filters.Events(parsed, paths);

            ConnectionFilter Connections() => filters.Connections(parsed, paths);
        });
        return command;

        // Some formats are of nothing else.
        bool AreConnections(CommandResult given) => given.ValueIfRight(connections)
            || (Find(ExportFormats.All, given.ValueIfRight(to), given.ValueIfRight(result.Output)) is { } format && !ExportFormats.All.Any(other => other.Name == format.Name && other.Takes != ExportKinds.Connections));
    }

    /// <summary>Writes a Parquet file for each host and day of a capture, into folders below one; what is there of that name is replaced.</summary>
    /// <param name="kind">Events or connections.</param>
    /// <param name="path">The capture.</param>
    /// <param name="root">The folder.</param>
    /// <param name="name">What each file is called.</param>
    internal static ExitCode WritePartitions(ExportKinds kind, string path, string root, string name)
    {
        var options = Options(kind == ExportKinds.Connections, fields: null);
        using var folder = new PartitionFolder(root, name, force: true, [path]);
        using var partitions = new ParquetPartitions(kind, options);
        var exporter = new PartitionedExporter(kind, one => partitions.Write(folder.Open(one)));
        var state = Run(kind, [path], exporter, options.Source, ulong.MaxValue, () => CaptureFilter.All, () => new ConnectionFilter { Opening = CaptureFilter.All }, printsRows: false);
        if (state is ExitCode.Done or ExitCode.Damaged)
        {
            folder.Finish();
        }

        return state;
    }

    private static ExitCode Run(
        ExportKinds kind, string[] paths, IExporter exporter, ExportSource source, ulong most, Func<CaptureFilter> events, Func<ConnectionFilter> connections, bool printsRows)
    {
        void Watch(CaptureFile file, CaptureReader reader)
        {
            source.Capture = file.Name;
            source.Reading = () => reader.Known.Header;
            reader.SectionEnds += () => source.Add(reader.Known.Header);
        }

        if (kind == ExportKinds.Events)
        {
            var filter = events();
            using var run = new EventPipeline(exporter, filter, most, Version.Tool);
            var state = EventFiles.Read(paths, run, filter, printsRows, opened: Watch, lost: source.Add);
            source.Miss(state != ExitCode.Done);
            run.Dispose();
            return state;
        }

        using var pipeline = new ConnectionPipeline(exporter, most, Version.Tool);
        var feed = new ConnectionFeed(pipeline, connections());
        var code = ConnectionFiles.Read(paths, feed, printsRows, opened: Watch);
        source.Add(RecordedSpan.LossCountersOf(feed.Recordings));
        source.Miss(code != ExitCode.Done);
        pipeline.End();
        return code;
    }

    private static ExportFormat FormatOf(ExportKinds kind, string? name, string? path)
    {
        var all = ExportFormats.All.Where(format => format.Takes.HasFlag(kind)).ToArray();
        return Find(all, name, path)
            ?? throw (name is not null
                ? Expected($"--to {name} is not for {kind.ToString().ToLowerInvariant()}", all)
                : Expected("no format is given, and the output's name tells none", ExportFormats.All));

        static CommandException Expected(string what, IEnumerable<ExportFormat> formats) =>
            new($"{what}; expected --to {string.Join(", ", formats.Select(format => format.Name).Distinct())}", ExitCode.Usage);
    }

    private static ExportFormat? Find(IEnumerable<ExportFormat> formats, string? name, string? path) =>
        name is not null ? formats.FirstOrDefault(format => format.Name == name)
        : path is null ? null
        : OtlpEndpoint.IsUrl(path) ? formats.FirstOrDefault(format => format.IsSent)
        : formats.FirstOrDefault(format => format.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()));

    /// <summary>Which fields. Rows of a table have all that there are, under OpenTelemetry's names.</summary>
    private static ExportOptions Options(bool areConnections, string? fields) => areConnections
        ? new ExportOptions { ConnectionFields = fields is null ? null : ConnectionFields.Set.Parse(fields) }
        : new ExportOptions { EventFields = fields is null ? null : EventFields.Set.Parse(fields) };

    /// <summary>What a capture is called, without folder and ending; also what it was unpacked of.</summary>
    private static string NameOf(string path) => path == CaptureName.Pipe ? "stdin" : Path.GetFileName(path).Split('.')[0] is { Length: > 0 } name ? name : "capture";
}
