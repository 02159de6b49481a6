using TraceCap.Recorder;

namespace TraceCap.Cli;

/// <summary>A capture to be written, named on the command line; <c>-</c> is standard output.</summary>
internal sealed class CaptureOutput : IDisposable
{
    private CaptureOutput(string name, Stream stream)
    {
        Name = name;
        Stream = stream;
    }

    /// <summary>What messages call it.</summary>
    internal string Name { get; }

    internal Stream Stream { get; }

    internal bool IsPipe => Stream is not DurableFileStream;

    /// <summary>Says what is wrong with the name before anything is done for it.</summary>
    internal static void Check(string path, bool force)
    {
        if (path == CaptureFile.Pipe && !Console.IsOutputRedirected)
        {
            throw new CommandException("a capture is not for a terminal; name a file with -o FILE, or pipe it: tracecap ... -o - | ...", ExitCode.Usage);
        }

        if (path == CaptureFile.Pipe)
        {
            return;
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new CommandException($"{path}: there is no folder {folder}; make it, or name another");
        }

        if (!force && Path.Exists(path) && !IsFlow(path))
        {
            throw new CommandException($"{path} is there already; choose another name, or overwrite it with --force");
        }
    }

    /// <summary>Begins the capture.</summary>
    /// <param name="path">Where, or <c>-</c>.</param>
    /// <param name="force">Whether a file that is there already is replaced.</param>
    /// <param name="stopped">Done once the command was asked to end.</param>
    internal static CaptureOutput Create(string path, bool force, Task stopped)
    {
        Check(path, force);
        return path == CaptureFile.Pipe
            ? new CaptureOutput(StandardOutput.Name, new LiveOutput(stopped))
            : new CaptureOutput(path, new DurableFileStream(path, force || IsFlow(path)));
    }

    /// <summary>Whether nothing is lost by writing into what is there: a pipe or a device.</summary>
    private static bool IsFlow(string path) => FileIdentity.KindOf(path) is FileKind.Pipe or FileKind.Device;

    /// <summary>Has all of it on the disk.</summary>
    internal void Finish() => (Stream as DurableFileStream)?.Finish();

    public void Dispose() => Stream.Dispose();
}
