using System.CommandLine;
using System.CommandLine.Parsing;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Cli.Options;

/// <summary>Where <c>record</c> writes: to a pipe, into one file, or into file after file.</summary>
internal sealed class RotationOptions
{
    private const long SmallestFile = 64 << 10;

    /// <summary>Behind the host's name, the name of a capture that nobody named.</summary>
    private const string Usual = "-%t.tcap";

    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromSeconds(1);

    private readonly Option<NamePattern?> output = OptionFactory.Explained(
        $"The capture to write; - is standard output. In the name of a file, %h is the host, %t the time it was begun (20260131T235900Z), %n its number, %% a percent sign; %h{Usual} if not given, also where standard output is a pipe.",
        "FILE",
        text => NamePattern.Parse(text, Environment.MachineName),
        "-o",
        "--output").Offering(ValueSource.Captures);

    private readonly Option<long?> size = OptionFactory.Size(
        "Begin the next file once one has so many bytes.", "a size of 64K or more, such as 512K, 100M or 2G", bytes => bytes >= SmallestFile, "--rotate-size");

    private readonly Option<TimeSpan?> every = OptionFactory.Duration(
        "Begin the next file at each multiple of this on the clock, in UTC: 1h means on the hour.", "DURATION", "--rotate-every");

    private readonly Option<ulong?> keep = OptionFactory.Count("Delete the oldest files of that name pattern, so that there are no more than N.", "N", "--keep");

    private readonly Option<FollowUp?> onRotate = OptionFactory.Explained(
        "Run CMD with the path of each file that was closed as its last argument, without a shell; it is not waited for.", "CMD", FollowUp.Parse, "--on-rotate");

    private readonly Option<bool> keepGoing = OptionFactory.Flag(
        "If a file cannot be written on, go on with the next one, which counts what was lost.", "--keep-going");

    private readonly Option<bool> force = OptionFactory.Force();
    private readonly List<Option> seriesMakers;
    private NamePattern? unnamed;

    internal RotationOptions() => seriesMakers = [size, every, keep, keepGoing];

    internal void AddTo(Command command)
    {
        output.Validators.Add(result => OptionFactory.CheckNames(result, "-o"));
        OptionGroups.Put(OptionGroups.Files, size, every, keep, onRotate, keepGoing);
        OptionGroups.Put(OptionGroups.Output, output, force);
        command.Add(output);
        command.Add(size);
        command.Add(every);
        command.Add(keep);
        command.Add(onRotate);
        command.Add(keepGoing);
        command.Add(force);
        command.Validators.Add(Check);
    }

    /// <summary>The name. One that nobody gave is that of a single file as of now, unless the options make several.</summary>
    internal NamePattern Output(ParseResult parsed) => parsed.GetValue(output) ?? (unnamed ??= Unnamed(parsed));

    internal bool Force(ParseResult parsed) => parsed.GetValue(force);

    internal CaptureFiles Files(ParseResult parsed, UserAccount? owner) =>
        new(Output(parsed), Force(parsed), (int?)parsed.GetValue(keep)) { Owner = owner };

    internal SeriesOptions Series(ParseResult parsed) => new()
    {
        Rotation = new Rotation(parsed.GetValue(size), parsed.GetValue(every)),
        KeepGoing = parsed.GetValue(keepGoing),
        Closed = parsed.GetValue(onRotate) is { } program ? path => program.Run(path, Messages.Warn) : null,
        Tell = Messages.Warn,
    };

    /// <summary>What makes no sense for a file that is written at once.</summary>
    internal IEnumerable<Option> WhileRunning => [size, every, keepGoing];

    /// <summary>What makes several files needs a name for each.</summary>
    internal void AddSeriesMaker(Option option) => seriesMakers.Add(option);

    private void CheckSeriesFor(Option option, CommandResult result)
    {
        if (result.ValueIfRight(output) is { IsSeries: false })
        {
            result.AddError($"{option.Name} makes several files: -o needs %n (number) or %t (time) in the name, such as run-%n.tcap");
        }
    }

    private NamePattern Unnamed(ParseResult parsed)
    {
        // A host may call itself anything, but only what is harmless is a part of a file's name.
        var host = string.Concat(Environment.MachineName.Select(one => char.IsAsciiLetterOrDigit(one) || one is '.' or '_' or '-' ? one : '_')).TrimStart('-', '.');
        var pattern = NamePattern.Parse((host.Length > 0 ? host : "host") + Usual, host);
        return seriesMakers.Any(parsed.CommandResult.IsGiven) ? pattern : pattern.AsOf(DateTimeOffset.UtcNow);
    }

    private void Check(CommandResult result)
    {
        foreach (var option in seriesMakers.Where(result.IsGiven))
        {
            CheckSeriesFor(option, result);
        }

        if (result.ValueIfRight(every) < ShortestPeriod)
        {
            result.AddError("--rotate-every: a file holds a second at least; give a time such as 30s, 15m or 1h");
        }

        if (result.IsGiven(onRotate) && result.ValueIfRight(output) is { Text: CaptureName.Pipe })
        {
            result.AddError("--on-rotate is for files; -o - makes none");
        }
    }
}
