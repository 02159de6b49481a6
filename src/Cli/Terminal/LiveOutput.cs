namespace TraceCap.Cli.Terminal;

/// <summary>
/// Standard output, or another pipe or device, of a command that runs until it is stopped. Until then it waits for its reader as long
/// as it takes; afterwards only for a while: who asks a recorder to end may have stopped its reader as well.
/// </summary>
internal sealed class LiveOutput : WriteOnlyStream
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Stream target;
    private readonly string name;
    private readonly BackgroundWriter writer;
    private readonly Task stopped;

    /// <summary>Standard output.</summary>
    /// <param name="stopped">Done once the command was asked to end.</param>
    internal LiveOutput(Task stopped)
        : this(StandardOutput.Open(), StandardOutput.Name, stopped)
    {
    }

    /// <param name="target">Is disposed with this, unless it still waits for its reader.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="stopped">Done once the command was asked to end.</param>
    internal LiveOutput(Stream target, string name, Task stopped)
    {
        (this.target, this.name, this.stopped) = (target, name, stopped);
        writer = new BackgroundWriter(target, "output");
    }

    /// <exception cref="IOException">It cannot be written, or was not read in time.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        writer.Begin(buffer.ToArray());
        Task.WaitAny(writer.Written, stopped);
        if (!writer.Written.Wait(Patience))
        {
            throw new IOException(FormattableString.Invariant(
                $"{name} was not read for {Patience.TotalSeconds} s after the stop; the last {buffer.Length:N0} bytes are not complete"));
        }

        if (writer.Failure is { } failure)
        {
            throw failure;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && writer.Written.IsCompleted)
        {
            target.Dispose();
        }

        base.Dispose(disposing);
    }
}
