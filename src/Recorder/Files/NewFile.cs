namespace TraceCap.Recorder.Files;

/// <summary>A file that a capture is written to, from its beginning to its end.</summary>
internal abstract class NewFile : Stream
{
    /// <summary>Its path.</summary>
    internal abstract string Path { get; }

    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <summary>Says what happened to the file since the last write.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="FileSpoiledException">The file or its folder was deleted, or another process made it shorter.</exception>
    internal abstract void ThrowIfFailed();

    /// <summary>Takes back what a write that failed has left at the end, and lets another one try.</summary>
    /// <param name="length">How much of the file is good, in bytes.</param>
    /// <exception cref="IOException">It cannot be made shorter.</exception>
    internal abstract void CutTo(long length);

    /// <summary>Has all that was written on the disk, and says so if it is not.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    internal abstract void Finish();

    /// <inheritdoc />
    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: every write is made at once.</summary>
    public sealed override void Flush()
    {
    }

    /// <inheritdoc />
    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public sealed override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>What was written to a file is lost, and so would be what is still to come: it has no name any more, or was cut.</summary>
/// <param name="message">Which file, and what was done to it.</param>
internal sealed class FileSpoiledException(string message) : IOException(message)
{
    /// <summary>It, or its folder, was deleted.</summary>
    internal static FileSpoiledException Deleted(string path) => new($"{path} was deleted, or its folder was");
}
