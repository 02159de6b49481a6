using System.CommandLine;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;

namespace TraceCap.Cli.Options;

/// <summary>How events are shown: the options that <c>replay</c> and <c>trace</c> share, with tcptracer's letters.</summary>
internal sealed class ShowOptions
{
    private static readonly Dictionary<string, TableStyle> Styles = new()
    {
        ["bcc"] = TableStyle.Bcc,
        ["libbpf"] = TableStyle.Libbpf,
    };

    private readonly Option<bool> timestamps = OptionFactory.Flag("Show the time since the first row, in seconds.", "-t", "--timestamp");
    private readonly Option<bool> verbose = OptionFactory.Flag("Types as words, the network namespace, and -t in nanoseconds.", "-v", "--verbose");
    private readonly Option<bool> userIds = OptionFactory.Flag("Show the user id.", "-U", "--print-uid");
    private readonly Option<TableStyle> style = OptionFactory.Word(
        "Whose table: bcc's tcptracer (the default) or that of libbpf-tools.", "STYLE", Styles, "--style");

    private readonly Option<bool> raw = OptionFactory.Flag("Print thread names as they are, control characters included.", "--raw");
    private readonly Option<bool> json = OptionFactory.Flag("One JSON object a line, with all that is recorded.", "--json");
    private readonly Option<bool> all = OptionFactory.Flag($"Also what tcptracer does not have: {EventTypes.Describe(EventTypes.All.Where(type => !type.IsTcptracer))}.", "--all");
    private readonly Option<bool> compat = OptionFactory.Flag("Leave out the rows that tcptracer itself misses.", "--compat");

    private readonly FormatOption format = new(ExportKinds.Events);

    internal void AddTo(Command command)
    {
        command.Add(timestamps);
        command.Add(verbose);
        command.Add(userIds);
        command.Add(style);
        command.Add(raw);
        command.Add(json);
        command.Add(format.Option);
        command.Add(all);
        command.Add(compat);
        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(all) && result.ValueIfRight(compat))
            {
                result.AddError("--all and --compat exclude each other: tcptracer shows neither F nor O");
            }

            foreach (var option in new Option[] { json, style }.Where(option => result.IsGiven(format.Option) && result.IsGiven(option)))
            {
                result.AddError($"{option.Name} and --format exclude each other");
            }

            foreach (var option in new Option[] { timestamps, verbose, userIds, style, raw }.Where(option => result.ValueIfRight(json) && result.IsGiven(option)))
            {
                result.AddError($"{option.Name} is for the table; --json has all there is");
            }
        });
    }

    /// <summary>What prints events to standard output.</summary>
    internal IExporter Exporter(ParseResult parsed, bool oneNetns, Stream output) => format.Create(
        parsed,
        parsed.GetValue(json) ? "json" : parsed.GetValue(style) == TableStyle.Libbpf ? "libbpf" : "bcc",
        new ExportOptions
        {
            Table = new TableOptions
            {
                Timestamps = parsed.GetValue(timestamps),
                Verbose = parsed.GetValue(verbose),
                Uid = parsed.GetValue(userIds),
                HideNetns = oneNetns,
                Raw = parsed.GetValue(raw),
            },
        },
        output);

    /// <summary>Which of the recorded events there are rows for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="filter">What else is asked for.</param>
    /// <param name="types">The types that are asked for; if null, those that the tools show.</param>
    internal EventFilter Limit(ParseResult parsed, EventFilter filter, EventTypeSet? types = null) => filter with
    {
        Types = types ?? (parsed.GetValue(all) ? null : EventTypeSet.Tcptracer),
        Compat = parsed.GetValue(compat),
    };
}
