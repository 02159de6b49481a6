using System.CommandLine;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.ClickHouse;
using TraceCap.Exports.ObjectStorage;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap ship</c></summary>
internal sealed class ShipCommand : IDisposable
{
    private const string ClickHouse = "clickhouse";
    private const string S3 = "s3";
    private const string Folder = "file";
    private const string UsualRegion = "us-east-1";

    private static readonly TimeSpan usualPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan betweenLooks = TimeSpan.FromSeconds(1);

    private readonly StopRequest stop = new();
    private readonly StreamWriter output = StandardOutput.OpenText();
    private readonly HashSet<string> failed = [];
    private readonly ShipDestination destination;
    private readonly ShipJournal journal;
    private ExitCode code;

    private ShipCommand(Func<Patience, CancellationToken, ShipDestination> open, string? journal, TimeSpan? patience)
    {
        destination = open(new Patience(patience, Messages.Warn), stop.Token);
        this.journal = ShipJournal.Open(journal, destination.Name);
    }

    internal static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Captures, and folders of them.", Arity = ArgumentArity.OneOrMore }.Offering(ValueSource.Captures);
        files.Validators.Add(result => OptionFactory.CheckNames(result, "FILE"));
        var to = OptionFactory.Word(
            "What they are shipped to: clickhouse, the tables of a fleet; file, Parquet in the folder that -o names; s3, the same in the bucket that --url names, as https://SERVER/BUCKET/PREFIX.",
            "WHAT", new Dictionary<string, string?> { [ClickHouse] = ClickHouse, [Folder] = Folder, [S3] = S3 }, "--to");
        to.Required = true;
        var fleet = new FleetOptions();
        var folder = OptionFactory.Text("The folder, for --to file; is made if it is not there.", "FOLDER", "-o", "--output").Offering(ValueSource.Folders);
        var follow = OptionFactory.Flag("Go on with what is recorded into the folders, each capture once it is closed, until Ctrl-C or SIGTERM.", "-f", "--follow");
        var journal = OptionFactory.Text("Note there what was shipped, so that nobody asks for it again after a restart.", "FILE", "--journal").Offering(ValueSource.Files());
        var limit = OptionFactory.Size("Send at most so many bytes a second.", "a size of 1K or more, such as 500K or 10M", bytes => bytes >= 1 << 10, "--limit");
        var patience = OptionFactory.Duration("Try so long to reach the server; 5m if not given, with --follow for ever.", "TIME", "--retry-for");
        var command = new Command("ship", "Brings captures to a fleet's database, a folder or a bucket, each row exactly once, however often it is begun again.") { files, to };
        fleet.AddTo(command);
        foreach (var option in new Option[] { folder, follow, journal, limit, patience })
        {
            command.Add(option);
        }

        command.Validators.Add(given =>
        {
            var (needed, other) = given.ValueIfRight(to) == Folder ? ((Option)folder, (Option)fleet.Url) : (fleet.Url, folder);
            if (given.ValueIfRight(to) is { } what && (given.IsGiven(other) || !given.IsGiven(needed)))
            {
                given.AddError($"--to {what} needs {needed.Name}, and has no {other.Name}");
            }
        });
        command.Does(parsed =>
        {
            var bytes = parsed.GetValue(limit);
            Func<Patience, CancellationToken, ShipDestination> open = parsed.GetValue(to) switch
            {
                Folder => (patience, stop) => new LakeDestination(parsed.GetValue(folder), null, patience, stop),
                S3 => (patience, stop) => new LakeDestination(null, BucketOf(fleet.Bucket(parsed) with { Limit = bytes }), patience, stop),
                _ => (patience, stop) => new FleetDestination(fleet.Address(parsed) with { Limit = bytes }, patience, stop),
            };
            var isFollowing = parsed.GetValue(follow);
            using var run = new ShipCommand(open, parsed.GetValue(journal), parsed.GetValue(patience) ?? (isFollowing ? null : usualPatience));
            return run.Run(parsed.GetValue(files)!, isFollowing);
        });
        return command;
    }

    public void Dispose()
    {
        destination.Dispose();
        journal.Dispose();
        output.Dispose();
        stop.Dispose();
    }

    private ExitCode Run(string[] paths, bool isFollowing)
    {
        var captures = new ClosedCaptures(paths);
        try
        {
            do
            {
                var closed = captures.Find(path => journal.Has(path) || failed.Contains(journal.LineOf(path)), out var open);
                foreach (var path in closed)
                {
                    Ship(path);
                    captures.Forget(path);
                }

                if (open > 0 && !isFollowing)
                {
                    Messages.Warn($"{CountText.Of((ulong)open, "capture")} still being recorded; shipped once closed, or with --follow");
                }
            }
            while (isFollowing && !stop.Token.WaitHandle.WaitOne(betweenLooks));
        }
        catch (OperationCanceledException)
        {
            Messages.Warn("stopped; what is not there yet is sent when it is begun again");
        }

        return captures.HasLost ? ExitCode.Failed : code;
    }

    private void Ship(string path)
    {
        // As it is now: what is changed later is looked at again.
        var line = journal.LineOf(path);
        ExitCode state;
        string? said;
        try
        {
            said = destination.Ship(path, out state);
        }
        catch (Exception error) when (error is CommandException or UndatedException or IOException and not FleetException)
        {
            // The others may be shipped all the same.
            Messages.Warn(error is CommandException ? error.Message : $"{path}: {error.Message}");
            failed.Add(line);
            Note(ExitCode.Failed);
            return;
        }

        if (said is null)
        {
            failed.Add(line);
            Note(ExitCode.Failed);
            return;
        }

        journal.Add(line);
        output.WriteLine($"{PrintableText.Of(path)}: {said}");
        Note(state);
    }

    private static S3Bucket BucketOf(ServerAddress address) => new(
        address, FleetOptions.Variable("AWS_REGION") ?? FleetOptions.Variable("AWS_DEFAULT_REGION") ?? UsualRegion, FleetOptions.Variable("AWS_SESSION_TOKEN"));

    private void Note(ExitCode state) => code = code == ExitCode.Failed ? code : state == ExitCode.Done ? code : state;
}
