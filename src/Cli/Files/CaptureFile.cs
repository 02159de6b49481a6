using System.Runtime.InteropServices;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Files;

/// <summary>A capture named on the command line; <c>-</c> is standard input.</summary>
internal sealed class CaptureFile : IDisposable
{
    /// <summary>Holds while a pipe is read, of which more comes after Ctrl-C.</summary>
    private readonly PosixSignalRegistration? interrupts;

    private CaptureFile(string name, Stream stream)
    {
        Name = name;
        Stream = stream;
        if (stream is not (FileStream or Progress) && StandardInput.IsPipe)
        {
            var first = new FirstInterrupt();
            interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = first.Spares(context));
        }
    }

    /// <summary>What messages call it.</summary>
    internal string Name { get; }

    internal Stream Stream { get; }

    /// <summary>Opens it; how much of it has been read is shown on stderr, if that is a terminal.</summary>
    /// <param name="path">The file, or <c>-</c>.</param>
    /// <param name="printsRows">Whether rows appear on standard output meanwhile: on a terminal these are enough.</param>
    internal static CaptureFile Open(string path, bool printsRows = false)
    {
        if (path == CaptureName.Pipe)
        {
            return new CaptureFile(StandardInput.Name, StandardInput.Open());
        }

        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            return new CaptureFile(path, file.CanSeek && StatusLine.IsSeen && (!printsRows || Console.IsOutputRedirected) ? new Progress(file, path) : file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{path}: no such file");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(
                Directory.Exists(path) ? $"{path}: a folder, not a capture" : $"{path}: may not be read by this user");
        }
    }

    /// <summary>Does the same with each of several files. One that cannot be read at all does not stop the others.</summary>
    /// <returns>The worst that happened.</returns>
    internal static ExitCode ForEach(string[] paths, Func<CaptureFile, ExitCode> action, bool printsRows = false)
    {
        var code = ExitCode.Done;
        foreach (var path in paths)
        {
            try
            {
                using var file = Open(path, printsRows);
                code = Worse(code, action(file));
            }
            catch (CommandException error) when (paths.Length > 1)
            {
                Messages.Warn(error.Message);
                code = Worse(code, error.Code);
            }
        }

        return code;
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
            throw new CommandException($"{Name}: {error.Message}");
        }
    }

    /// <inheritdoc cref="Read{T}" />
    internal void Read(Action read) => Read(() =>
    {
        read();
        return true;
    });

    /// <summary>Says on stderr what a reader could not read.</summary>
    /// <returns>The exit code that this means.</returns>
    internal ExitCode Report(CaptureReader reader)
    {
        if (reader.TruncatedBefore is { } end)
        {
            Messages.Warn($"{Name}: {end}");
        }

        return Report(Name, reader.Damage, reader.Truncated);
    }

    /// <summary>The same for a file of this name.</summary>
    internal static ExitCode Report(string name, DamageLog damage, int truncated)
    {
        foreach (var line in Describe(name, damage))
        {
            Messages.Warn(line);
        }

        if (truncated > 0)
        {
            Messages.Warn($"{name}: truncated: it did not end properly, or is still being recorded; what is complete has been read");
        }

        return damage.Count > 0 || truncated > 0 ? ExitCode.Damaged : ExitCode.Done;
    }

    /// <summary>A line for each damaged place, as far as they are known one by one.</summary>
    internal IEnumerable<string> Describe(DamageLog damage) => Describe(Name, damage);

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

    public void Dispose()
    {
        interrupts?.Dispose();
        Stream.Dispose();
    }

    /// <summary>A file that could not be read at all outweighs one that was read in part.</summary>
    private static ExitCode Worse(ExitCode one, ExitCode other) =>
        one == ExitCode.Failed || other == ExitCode.Failed ? ExitCode.Failed : (ExitCode)Math.Max((int)one, (int)other);
}
