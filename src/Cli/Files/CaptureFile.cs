using System.Runtime.InteropServices;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Files;

/// <summary>A capture named on the command line, compressed or not; <c>-</c> is standard input.</summary>
internal sealed class CaptureFile : IDisposable
{
    private readonly string path;

    /// <summary>Holds while a pipe is read, of which more comes after Ctrl-C.</summary>
    private readonly PosixSignalRegistration? interrupts;
    private CaptureReader? reader;

    private CaptureFile(string path, Func<Stream> open)
    {
        this.path = path;
        // Before anything is read of it: who writes the pipe may take a while.
        if (path == CaptureName.Pipe && StandardInput.IsPipe)
        {
            var first = new FirstInterrupt();
            interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = first.Spares(context));
        }

        try
        {
            Stream = open();
        }
        catch
        {
            interrupts?.Dispose();
            throw;
        }
    }

    /// <summary>What messages call it.</summary>
    internal string Name => CaptureName.OfInput(path);

    internal Stream Stream { get; private set; }

    /// <summary>Why its last section ended, as its footer says; null if that was not read.</summary>
    internal string? EndReason => reader?.EndReason;

    /// <summary>Why it could not be unpacked to its end; null if it could.</summary>
    private string? Problem => (Stream as UnpackedStream)?.Problem;

    /// <summary>Whether it can be read once more, see <see cref="Rewind"/>.</summary>
    internal bool CanRewind => Stream.CanSeek || FileIdentity.KindOf(path) == FileKind.Regular;

    /// <summary>Opens it; how much of it has been read is shown on stderr, if that is a terminal.</summary>
    /// <param name="path">The file, or <c>-</c>.</param>
    /// <param name="printsRows">Whether rows appear on standard output meanwhile: on a terminal these are enough.</param>
    /// <exception cref="CommandException">There is no such file, or it is no capture but something that is known.</exception>
    internal static CaptureFile Open(string path, bool printsRows = false) => new(path, () => FileContent.Open(path, printsRows));

    /// <summary>Opens what a capture can be made of.</summary>
    /// <inheritdoc cref="Open" />
    internal static CaptureFile OpenSource(string path) => new(path, () => FileContent.OpenSource(path));

    /// <summary>Opens one that is still being written.</summary>
    /// <inheritdoc cref="Open" />
    internal static CaptureFile Follow(string path, Following following) => new(path, () => following.Open(path) ?? FileContent.Open(path, printsRows: true));

    /// <summary>Does the same with each of several files. One that cannot be read at all does not stop the others.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="action">What is done.</param>
    /// <param name="printsRows">See <see cref="Open"/>.</param>
    /// <param name="following">Waits for more of the last one, and for those that a recorder goes on to; null: nobody does.</param>
    /// <returns>The worst that happened.</returns>
    internal static ExitCode ForEach(string[] paths, Func<CaptureFile, ExitCode> action, bool printsRows = false, Following? following = null)
    {
        var code = ExitCode.Done;
        FileContent.Expect(paths);
        for (var i = 0; i < paths.Length; i++)
        {
            try
            {
                var isFollowed = following is not null && i == paths.Length - 1;
                using var file = isFollowed ? Follow(paths[i], following!) : Open(paths[i], printsRows);
                code = Worse(code, action(file));
                if (isFollowed && following!.Next(paths[i], file.EndReason) is { } next)
                {
                    paths = [.. paths, next];
                }
            }
            catch (CommandException error) when (paths.Length > 1)
            {
                Messages.Warn(error.Message);
                code = Worse(code, error.Code);
            }
        }

        return code;
    }

    /// <summary>When captures end.</summary>
    /// <returns>Null if one of them can be read once only, or there is nothing in any.</returns>
    internal static CaptureEnd? EndOf(string[] paths)
    {
        CaptureEnd? end = null;
        foreach (var path in paths)
        {
            if (FileIdentity.KindOf(path) != FileKind.Regular)
            {
                return null;
            }

            using var file = Open(path, printsRows: true);
            end = file.Read(() => CaptureEnd.Of(file.Stream))?.And(end) ?? end;
        }

        return end;
    }

    /// <summary>A reader of it, from its beginning.</summary>
    /// <param name="wanted">See <see cref="CaptureReader.Open"/>.</param>
    /// <param name="leavesOut">See there.</param>
    internal CaptureReader OpenReader(WantedTime? wanted = null, bool leavesOut = false)
    {
        reader = CaptureReader.Open(Stream, wanted: wanted, leavesOut: leavesOut);
        (Stream as FollowedFile)?.EndsWith(reader);
        return reader;
    }

    /// <summary>Goes back to the beginning.</summary>
    internal void Rewind()
    {
        if (Stream.CanSeek)
        {
            Stream.Position = 0;
            return;
        }

        Stream.Dispose();
        Stream = FileContent.Open(path);
    }

    /// <summary>Runs what reads the file, with the file's name in the errors that come from its content.</summary>
    internal T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CaptureFormatException error)
        {
            throw new CommandException(Problem is { } problem ? $"{Name}: {problem}" : $"{Name}: {error.Message}");
        }
    }

    /// <inheritdoc cref="Read{T}" />
    internal void Read(Action read) => Read(() =>
    {
        read();
        return true;
    });

    /// <summary>Says on stderr why it could not be unpacked to its end, if it could not.</summary>
    /// <returns>The exit code that this means.</returns>
    internal ExitCode ReportProblem()
    {
        if (Problem is null)
        {
            return ExitCode.Done;
        }

        Messages.Warn($"{Name}: {Problem}");
        return ExitCode.Damaged;
    }

    /// <summary>Says on stderr what a reader could not read.</summary>
    /// <returns>The exit code that this means.</returns>
    internal ExitCode Report(CaptureReader reader)
    {
        if (reader.TruncatedBefore is { } end)
        {
            Messages.Warn($"{Name}: {end}");
        }

        if (Stream is FollowedFile { IsStopped: true })
        {
            // What was being written just then is no damage.
            return reader.Damage.Entries.Any(entry => entry.What != BlockReader.Incomplete) ? ReportDamage(Name, reader.Damage) : ExitCode.Done;
        }

        if (ReportProblem() == ExitCode.Damaged)
        {
            ReportDamage(Name, reader.Damage);
            return ExitCode.Damaged;
        }

        return Report(Name, reader.Damage, reader.Truncated, reader.Section == 0 && reader.Offset == 0, FileIdentity.IsBeingWritten(path));
    }

    /// <summary>The same for a file of this name.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="damage">What is damaged.</param>
    /// <param name="truncated">How many sections have no footer.</param>
    /// <param name="isEmpty">Whether there is nothing in it.</param>
    /// <param name="isWritten">Whether a process writes it; null if that is not known.</param>
    internal static ExitCode Report(string name, DamageLog damage, int truncated, bool isEmpty = false, bool? isWritten = null)
    {
        var code = ReportDamage(name, damage);
        if (truncated == 0)
        {
            return code;
        }

        Messages.Warn($"{name}: " + (isWritten, isEmpty) switch
        {
            (true, true) => "still empty: a process has it open to write into it",
            (_, true) => "empty: there is nothing in it; `tracecap record -o FILE` writes captures",
            (true, _) => "still being recorded; what is complete has been read",
            (false, _) => "truncated: it did not end properly; what is complete has been read",
            _ => "truncated: it did not end properly, or is still being recorded; what is complete has been read",
        });
        return ExitCode.Damaged;
    }

    /// <summary>A line for each damaged place, as far as they are known one by one.</summary>
    internal IEnumerable<string> Describe(DamageLog damage) => Describe(Name, damage);

    public void Dispose()
    {
        interrupts?.Dispose();
        Stream.Dispose();
    }

    private static ExitCode ReportDamage(string name, DamageLog damage)
    {
        foreach (var line in Describe(name, damage))
        {
            Messages.Warn(line);
        }

        return damage.Count > 0 ? ExitCode.Damaged : ExitCode.Done;
    }

    private static IEnumerable<string> Describe(string name, DamageLog damage)
    {
        foreach (var entry in damage.Entries)
        {
            yield return $"{name}: at byte {entry.Offset}: {entry.What}" + (entry.Length > 0 ? $" ({entry.Length:N0} bytes skipped)" : "");
        }

        if (damage.Count > damage.Entries.Count)
        {
            yield return $"{name}: {damage.Count - damage.Entries.Count:N0} more places are damaged";
        }
    }

    /// <summary>A file that could not be read at all outweighs one that was read in part.</summary>
    private static ExitCode Worse(ExitCode one, ExitCode other) =>
        one == ExitCode.Failed || other == ExitCode.Failed ? ExitCode.Failed : (ExitCode)Math.Max((int)one, (int)other);
}
