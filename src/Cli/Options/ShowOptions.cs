using System.CommandLine;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Cli.Files;
using TraceCap.Format.Events;

namespace TraceCap.Cli.Options;

/// <summary>How events are shown: the options that <c>replay</c> and <c>trace</c> share, with tcptracer's letters.</summary>
/// <param name="zone">In which time zone times of day are shown.</param>
internal sealed class ShowOptions(ZoneOption zone)
{
    private static readonly Dictionary<string, TableStyle> Styles = new()
    {
        ["bcc"] = TableStyle.Bcc,
        ["libbpf"] = TableStyle.Libbpf,
    };

    private readonly Option<bool> timestamps = OptionFactory.Flag("Show the time since the first row, in seconds.", "-t", "--timestamp");
    private readonly ClockOptions clock = new("of each event", zone);
    private readonly Option<bool> verbose = OptionFactory.Flag("Types as words, the network namespace, and -t in nanoseconds.", "-v", "--verbose");
    private readonly Option<bool> userIds = OptionFactory.Flag("Show the user id.", "-U", "--print-uid");
    private readonly Option<TableStyle> style = OptionFactory.Word(
        "Whose table: bcc's tcptracer (the default) or that of libbpf-tools.", "STYLE", Styles, "--style");

    private readonly Option<bool> raw = OptionFactory.Flag("Print thread names as they are, control characters included.", "--raw");
    private readonly Option<bool> json = OptionFactory.Flag("One JSON object a line, with all that is recorded.", "--json");
    private readonly Option<bool> all = OptionFactory.Flag($"Also what tcptracer does not have: {EventTypes.Describe(EventTypes.All.Where(type => !type.IsTcptracer))}; and closes of what failed to connect.", "--all");
    private readonly Option<bool> compat = OptionFactory.Flag("The rows that tcptracer itself has: without those that it misses, with its closes of what failed to connect.", "--compat");

    private readonly FormatOption format = new(ExportKinds.Events, names => new ExportOptions { EventFields = EventFields.Set.Parse(names) });

    internal void AddTo(Command command)
    {
        OptionGroups.Put(OptionGroups.Time, timestamps);
        OptionGroups.Put(OptionGroups.Output, verbose, userIds, style, raw, json, format.Format, format.Fields, all, compat);
        command.Add(timestamps);
        clock.AddTo(command);
        command.Add(verbose);
        command.Add(userIds);
        command.Add(style);
        command.Add(raw);
        command.Add(json);
        command.Add(format.Format);
        command.Add(format.Fields);
        command.Add(all);
        command.Add(compat);
        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(all) && result.ValueIfRight(compat))
            {
                result.AddError($"--all and --compat exclude each other: tcptracer shows none of {string.Concat(EventTypes.All.Where(type => !type.IsTcptracer).Select(type => type.Letter))}");
            }

            foreach (var option in new Option[] { json, style }.Where(option => result.IsGiven(format.Format) && result.IsGiven(option)))
            {
                result.AddError($"{option.Name} and --format exclude each other");
            }

            var ofTable = new Option[] { timestamps, verbose, userIds, style, raw }.Concat(clock.All).ToArray();
            foreach (var option in ofTable.Where(option => result.ValueIfRight(json) && result.IsGiven(option)))
            {
                result.AddError($"{option.Name} is for the table; --json has all there is");
            }

            foreach (var option in ofTable.Where(option => !result.ValueIfRight(json) && result.IsGiven(format.Fields) && result.IsGiven(option)))
            {
                result.AddError($"{option.Name} is for the tables of tcptracer; --fields says all that is shown");
            }
        });
    }

    /// <summary>Whether what tcptracer does not have is shown.</summary>
    internal bool IsAll(ParseResult parsed) => parsed.GetValue(all);

    /// <summary>What writes events.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="oneNetns">Whether all are of one network namespace.</param>
    /// <param name="path">The file that is written; null for standard output.</param>
    /// <param name="output">Where they go.</param>
    /// <param name="isLive">Whether they are shown as they happen.</param>
    internal IExporter Exporter(ParseResult parsed, bool oneNetns, string? path, ResultOutput output, bool isLive = false) => format.Create(
        parsed,
        parsed.GetValue(json) ? "ndjson" : parsed.GetResult(style) is { Implicit: false } ? parsed.GetValue(style) == TableStyle.Libbpf ? "libbpf" : "bcc" : null,
        "bcc",
        path,
        new ExportOptions
        {
            Table = new TableOptions
            {
                Timestamps = parsed.GetValue(timestamps),
                Clock = clock.Style(parsed),
                Verbose = parsed.GetValue(verbose),
                Uid = parsed.GetValue(userIds),
                HideNetns = oneNetns,
                Compat = parsed.GetValue(compat),
                Raw = parsed.GetValue(raw),
                Width = output.Width,
            },
            IsLive = isLive,
        },
        output);

    /// <summary>Which of the recorded events there are rows for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="filter">What else is asked for.</param>
    /// <param name="types">The types that are asked for, with all of theirs; if null, those of the plain table.</param>
    internal EventFilter Limit(ParseResult parsed, EventFilter filter, EventTypeSet? types = null) => filter with
    {
        Types = types,
        Plain = types is null && !parsed.GetValue(all) && !parsed.GetValue(compat),
        Compat = parsed.GetValue(compat),
    };
}
