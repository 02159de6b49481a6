using System.CommandLine;
using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.ClickHouse;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap ship</c></summary>
internal sealed class ShipCommand : IDisposable
{
    private const string ClickHouse = "clickhouse";

    private static readonly TimeSpan usualPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan betweenLooks = TimeSpan.FromSeconds(1);

    private readonly StopRequest stop = new();
    private readonly StreamWriter output = StandardOutput.OpenText();
    private readonly HashSet<string> failed = [];
    private readonly FleetServer server;
    private readonly ShipJournal journal;
    private readonly CaptureShipment shipment;
    private ExitCode code;

    private ShipCommand(ServerAddress address, string? journal, TimeSpan? patience)
    {
        this.journal = ShipJournal.Open(journal, address.Name);
        server = new FleetServer(address);
        shipment = new CaptureShipment(server, new Patience(patience, Messages.Warn), stop.Token);
    }

    internal static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Captures, and folders of them.", Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(result => OptionFactory.CheckNames(result, "FILE"));
        var to = OptionFactory.Word("What they are shipped to.", "WHAT", new Dictionary<string, string?> { [ClickHouse] = ClickHouse }, "--to");
        to.Required = true;
        var fleet = new FleetOptions();
        fleet.Url.Required = true;
        var follow = OptionFactory.Flag("Go on with what is recorded into the folders, each capture once it is closed, until Ctrl-C or SIGTERM.", "-f", "--follow");
        var journal = OptionFactory.Text("Note there what was shipped, so that nobody asks for it again after a restart.", "FILE", "--journal");
        var limit = OptionFactory.Size("Send at most so many bytes a second.", "a size of 1K or more, such as 500K or 10M", bytes => bytes >= 1 << 10, "--limit");
        var patience = OptionFactory.Duration("Try so long to reach the server; 5m if not given, with --follow for ever.", "TIME", "--retry-for");
        var command = new Command("ship", "Brings captures to a fleet's database, each row exactly once, however often it is begun again.") { files, to };
        fleet.AddTo(command);
        foreach (var option in new Option[] { follow, journal, limit, patience })
        {
            command.Add(option);
        }

        command.Does(parsed =>
        {
            var address = fleet.Address(parsed) with { Limit = parsed.GetValue(limit) };
            var isFollowing = parsed.GetValue(follow);
            using var run = new ShipCommand(address, parsed.GetValue(journal), parsed.GetValue(patience) ?? (isFollowing ? null : usualPatience));
            return run.Run(parsed.GetValue(files)!, isFollowing);
        });
        return command;
    }

    public void Dispose()
    {
        server.Dispose();
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
        var state = ExitCode.Done;
        Shipped shipped;
        try
        {
            using var file = CaptureFile.Open(path);
            shipped = file.Read(() => shipment.Ship(Path.GetFileName(path), () => FromBeginning(file), reader => state = file.Report(reader)));
        }
        catch (Exception error) when (error is CommandException or UndatedException or IOException and not FleetException)
        {
            // The others may be shipped all the same.
            Messages.Warn(error is CommandException ? error.Message : $"{path}: {error.Message}");
            failed.Add(line);
            Note(ExitCode.Failed);
            return;
        }

        journal.Add(line);
        output.WriteLine(PrintableText.Of(path) + (shipped.WasThere ? ": is there already" : Invariant(
            $": {CountText.Of(shipped.Events, "event")}, {CountText.Of(shipped.Connections, "connection")}; {ByteText.Of(shipped.Bytes)} sent")));
        Note(state);
    }

    private static Stream FromBeginning(CaptureFile file)
    {
        file.Rewind();
        return file.Stream;
    }

    private void Note(ExitCode state) => code = code == ExitCode.Failed ? code : state == ExitCode.Done ? code : state;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
