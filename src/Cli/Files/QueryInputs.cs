using System.Collections.Concurrent;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.DuckDb;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Files;

/// <summary>The captures that a query reads: those named on the command line, and those that SQL names. These are files of their own,
/// and no devices or pipes: SQL may read each as often as it likes.</summary>
/// <param name="names">Those named on the command line.</param>
internal sealed class QueryInputs(IReadOnlyList<string> names) : ICaptureInputs
{
    private readonly ConcurrentDictionary<string, bool> told = new();
    private readonly Lock telling = new();

    /// <inheritdoc />
    public IReadOnlyList<string> Names => names;

    /// <summary>What the state of the captures means that were read to their ends.</summary>
    internal ExitCode Code { get; private set; }

    /// <inheritdoc />
    public ICaptureInput Open(string name)
    {
        if (FileIdentity.KindOf(name) is FileKind.Pipe or FileKind.Device)
        {
            throw new CommandException($"{name}: a query reads captures as often as it has to; expected a file, not a pipe or a device");
        }

        return new Input(this, CaptureFile.Open(name));
    }

    /// <summary>Another query begins: what it cannot read is told again.</summary>
    internal void Begin()
    {
        told.Clear();
        Code = ExitCode.Done;
    }

    private void Tell(CaptureFile file, CaptureReader reader)
    {
        // A query may read a capture several times.
        if (told.TryAdd(file.Name, true))
        {
            lock (telling)
            {
                Code = (ExitCode)Math.Max((int)Code, (int)file.Report(reader));
                TellLosses(file, reader);
            }
        }
    }

    /// <summary>What a query counts is too low where events were lost, and its rows do not say so.</summary>
    private static void TellLosses(CaptureFile file, CaptureReader reader)
    {
        // Of what cannot seek, mostly one section, the last footer is at hand.
        var counters = file.Stream.CanSeek
            ? SectionIndex.Find(file.Stream, section => section.Footer.LossCounters)
            : reader.Footer is { } footer ? [footer.LossCounters] : null;
        if (counters?.Aggregate((sum, some) => sum + some) is { Lost: > 0 } losses)
        {
            Messages.Warn($"{file.Name}: {losses.Lost:N0} of {losses.Emitted:N0} events were lost while recording, so counts may be too low; the table losses tells when");
        }
    }

    private sealed class Input(QueryInputs inputs, CaptureFile file) : ICaptureInput
    {
        public Stream Stream => file.Stream;

        public void Ended(CaptureReader reader) => inputs.Tell(file, reader);

        public void Dispose() => file.Dispose();
    }
}
