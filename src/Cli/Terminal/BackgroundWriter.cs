namespace TraceCap.Cli.Terminal;

/// <summary>Writes to a stream on a thread of its own, one piece after another, so that the writer
/// can stop waiting for it. The process can end while it still writes.</summary>
internal sealed class BackgroundWriter
{
    private readonly Stream stream;
    private readonly object gate = new();
    private TaskCompletionSource written = new();
    private byte[]? piece;

    internal BackgroundWriter(Stream stream, string name)
    {
        this.stream = stream;
        written.SetResult();
        new Thread(WriteForEver) { IsBackground = true, Name = name }.Start();
    }

    /// <summary>Done once nothing is being written.</summary>
    internal Task Written => written.Task;

    /// <summary>Why the last piece could not be written; null if it was.</summary>
    internal IOException? Failure { get; private set; }

    /// <summary>Begins to write; only while nothing is being written.</summary>
    internal void Begin(byte[] bytes)
    {
        lock (gate)
        {
            written = new TaskCompletionSource();
            piece = bytes;
            Monitor.Pulse(gate);
        }
    }

    private void WriteForEver()
    {
        while (true)
        {
            var bytes = Next();
            try
            {
                Failure = null;
                stream.Write(bytes);
            }
            catch (IOException error)
            {
                Failure = error;
            }

            written.SetResult();
        }
    }

    private byte[] Next()
    {
        lock (gate)
        {
            while (piece is null)
            {
                Monitor.Wait(gate);
            }

            var bytes = piece;
            piece = null;
            return bytes;
        }
    }
}
