using TraceCap.Format.Reading;

namespace TraceCap.Cli.Files;

/// <summary>
/// A capture that is still being written: at its end it waits for more, until its recording has ended, nobody writes it any
/// more, or it is told to stop.
/// </summary>
internal sealed class FollowedFile : ForwardStream
{
    /// <summary>A recorder writes a chunk a second. Looking is cheap, and works on any file system.</summary>
    private static readonly TimeSpan interval = TimeSpan.FromMilliseconds(50);

    private readonly FileStream file;
    private readonly CancellationToken stop;
    private CaptureReader? reader;

    /// <param name="file">Stands at its beginning.</param>
    /// <param name="stop">Ends the waiting, and so the file.</param>
    internal FollowedFile(FileStream file, CancellationToken stop) => (this.file, this.stop) = (file, stop);

    /// <summary>Whether it ended because it was told to.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>Has it end where this reader of it has read a footer.</summary>
    internal void EndsWith(CaptureReader reader) => this.reader = reader;

    /// <summary>Waits a little, for a condition that is looked at again then.</summary>
    /// <returns>Whether it was not told to stop.</returns>
    internal static bool Wait(CancellationToken stop) => !stop.WaitHandle.WaitOne(interval);

    protected override int Take(Span<byte> buffer)
    {
        while (true)
        {
            // Asked first: what was written before the writer had gone is there then.
            var isWritten = FileIdentity.IsBeingWritten(file.Name);
            var got = file.Read(buffer);
            if (got > 0 || reader?.EndReason is not null || isWritten == false)
            {
                return got;
            }

            if (!Wait(stop))
            {
                IsStopped = true;
                return 0;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
