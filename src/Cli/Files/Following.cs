using TraceCap.Cli.Terminal;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Cli.Files;

/// <summary>
/// Follows a recording while it runs, from file to file of its series, until it ends or Ctrl-C does it. Then what is complete
/// has been read.
/// </summary>
internal sealed class Following : IDisposable
{
    private readonly StopRequest stop = new();

    /// <summary>The files that the recorder went on to. May be asked for on any thread.</summary>
    internal string[] Further { get; private set; } = [];

    /// <summary>Opens a file, as soon as there is one.</summary>
    /// <returns>Null for one that is not written as a capture: standard input, or a file that is compressed or something
    /// else.</returns>
    /// <exception cref="CommandException">It cannot be opened, or was not there when Ctrl-C ended the waiting.</exception>
    internal FollowedFile? Open(string path)
    {
        if (path == CaptureName.Pipe)
        {
            return null;
        }

        Await(path);
        var file = FileContent.OpenFile(path);
        if (FileIdentity.KindOf(path) != FileKind.Regular || FileContent.FormatOf(file) is not null)
        {
            file.Dispose();
            return null;
        }

        return new FollowedFile(file, stop.Token);
    }

    /// <summary>The file that a recorder goes on to after one that was read to its end.</summary>
    /// <param name="path">That one.</param>
    /// <param name="endReason">Why it ended; null if it did not end properly.</param>
    /// <returns>Null if it does not, or Ctrl-C has ended the waiting.</returns>
    internal string? Next(string path, string? endReason)
    {
        if (path == CaptureName.Pipe || endReason != CaptureSeries.Rotated || NamePattern.OfFile(path) is not { } series)
        {
            return null;
        }

        while (true)
        {
            if (series.FileAfter(path) is { } next)
            {
                Further = [.. Further, next];
                return next;
            }

            if (!FollowedFile.Wait(stop.Token))
            {
                return null;
            }
        }
    }

    public void Dispose() => stop.Dispose();

    private void Await(string path)
    {
        if (Path.Exists(path))
        {
            return;
        }

        CaptureOutput.CheckFolder(path);
        Messages.Warn($"{path}: not there yet; waiting for it");
        while (!Path.Exists(path))
        {
            if (!FollowedFile.Wait(stop.Token))
            {
                throw new CommandException($"{path}: no such file");
            }
        }
    }
}
