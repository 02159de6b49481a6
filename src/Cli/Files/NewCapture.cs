using System.Runtime.InteropServices;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Files;

/// <summary>
/// A capture that a command makes out of files, named on the command line; <c>-</c> is standard output. A file appears
/// under its name once it is complete, for its owner only, or not at all: until then it stands beside that name.
/// </summary>
internal sealed class NewCapture : IDisposable
{
    private readonly string? target;
    private readonly string? unfinished;
    private readonly bool force;
    private readonly PosixSignalRegistration[] signals = [];
    private bool finished;

    private NewCapture(string name, Stream stream)
    {
        Name = name;
        Stream = stream;
    }

    private NewCapture(string name, string target, bool force, bool readsPipe)
    {
        Name = name;
        this.target = target;
        this.force = force;
        unfinished = $"{target}.{Path.GetRandomFileName()}";
        var pipe = readsPipe ? new FirstInterrupt() : null;
        SessionSignals.LetFilesBeTooLarge();
        signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, Delete))];
        Stream = OpenNew(unfinished, FileAccess.Write, name);

        void Delete(PosixSignalContext context)
        {
            if (pipe?.Spares(context) != true)
            {
                File.Delete(unfinished);
            }
        }
    }

    /// <summary>What messages call it.</summary>
    internal string Name { get; }

    internal Stream Stream { get; }

    /// <summary>Says what is wrong with the name before anything is read, and begins the file.</summary>
    /// <param name="path">Where, or <c>-</c>.</param>
    /// <param name="force">Whether a file that is there already is replaced.</param>
    /// <param name="inputs">What the capture is made of; none of it is ever replaced.</param>
    internal static NewCapture Create(string path, bool force, params ReadOnlySpan<string> inputs)
    {
        foreach (var input in inputs)
        {
            if (input != CaptureName.Pipe && path != CaptureName.Pipe && FileIdentity.IsSame(input, path))
            {
                throw new CommandException($"{path} is the same file as the input {input}; a capture cannot replace what it is made of");
            }
        }

        CaptureOutput.Check(path, force);
        // Standard output that is a file, and named by its path, is replaced like any other.
        return FileIdentity.KindOf(path) != FileKind.Regular && CaptureOutput.OpenFlow(path, force) is { } flow
            ? new NewCapture(path == CaptureName.Pipe ? StandardOutput.Name : path, flow)
            : new NewCapture(path, FileIdentity.Resolve(path), force, inputs.Contains(CaptureName.Pipe) && StandardInput.IsPipe);
    }

    /// <summary>Has all of it on the disk, under its name.</summary>
    internal void Finish()
    {
        finished = true;
        if (Stream is OutputFile file && unfinished is not null)
        {
            file.BringToDisk();
            file.Dispose();
            File.Move(unfinished, target!, force);
        }
    }

    /// <summary>Finishes what was made of a file that has been read to its end.</summary>
    /// <returns>The exit code that the state of that file means.</returns>
    /// <exception cref="CommandException">Nothing of that file could be read.</exception>
    internal ExitCode Finish(CaptureFile input, CaptureReader reader)
    {
        if (reader.Section == 0)
        {
            throw new CommandException($"{input.Name}: truncated before the end of its header: there is nothing in it");
        }

        Finish();
        return input.Report(reader);
    }

    /// <summary>A file to write and read meanwhile, beside the capture, for its owner only, and gone when it is closed.</summary>
    internal Stream OpenTemporary()
    {
        var folder = unfinished is null ? Path.GetTempPath() : Path.GetDirectoryName(Path.GetFullPath(unfinished))!;
        return OpenNew(Path.Combine(folder, Path.GetRandomFileName()), FileAccess.ReadWrite, $"a temporary file in {folder}", FileOptions.DeleteOnClose);
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!finished && unfinished is not null)
        {
            File.Delete(unfinished);
        }

        foreach (var signal in signals)
        {
            signal.Dispose();
        }
    }

    private static OutputFile OpenNew(string path, FileAccess access, string name, FileOptions behaviour = FileOptions.None)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = access,
            Options = behaviour,
            Share = FileShare.Read | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return OutputFile.Open(path, options, name);
    }
}
