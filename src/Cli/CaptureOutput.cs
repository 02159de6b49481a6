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

        if (path != CaptureFile.Pipe && !force && Path.Exists(path))
        {
            throw new CommandException($"{path} is there already; choose another name, or overwrite it with --force");
        }
    }

    internal static CaptureOutput Create(string path, bool force)
    {
        Check(path, force);
        return path == CaptureFile.Pipe
            ? new CaptureOutput("standard output", StandardOutput.Open())
            : new CaptureOutput(path, new DurableFileStream(path, force));
    }

    /// <summary>Has all of it on the disk.</summary>
    internal void Finish() => (Stream as DurableFileStream)?.Finish();

    public void Dispose() => Stream.Dispose();
}
