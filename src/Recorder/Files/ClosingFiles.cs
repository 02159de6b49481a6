namespace TraceCap.Recorder.Files;

/// <summary>Brings the captures that have ended to the disk, one after another, beside the recording.</summary>
/// <param name="files">Whose oldest files are deleted then; null if the captures are no files.</param>
/// <param name="closed">Gets the path of each file that is on the disk; may be null.</param>
internal sealed class ClosingFiles(CaptureFiles? files, Action<string>? closed)
{
    private Task closing = Task.CompletedTask;
    private volatile IOException? failure;

    /// <summary>Has a capture brought to the disk and disposed, after those before it.</summary>
    internal void Add(Stream stream) => closing = Close(closing, stream);

    /// <summary>Waits for all of them.</summary>
    internal void Wait() => closing.Wait();

    /// <summary>Tells once what went wrong since this was last asked; null if nothing did.</summary>
    internal IOException? TakeFailure() => failure is null ? null : Interlocked.Exchange(ref failure, null);

    private async Task Close(Task before, Stream stream)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using (stream)
            {
                (stream as NewFile)?.Finish();
            }

            // Closed first: what is open is never deleted.
            if (stream is NewFile file)
            {
                closed?.Invoke(file.Path);
            }

            files?.Prune();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            failure = new IOException(error.Message, error);
        }
    }
}
