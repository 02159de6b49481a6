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
    /// <exception cref="FileDeletedException">The file or its folder was deleted.</exception>
    internal abstract void ThrowIfFailed();

    /// <summary>Takes back what a write that failed has left at the end, and lets another one try.</summary>
    /// <param name="length">How much of the file is good, in bytes.</param>
    /// <exception cref="IOException">It cannot be made shorter.</exception>
    /// <exception cref="NotSupportedException">It is a pipe or a device.</exception>
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

/// <summary>A file has no name any more: what is written to it nobody can read.</summary>
/// <param name="path">The name that it had.</param>
internal sealed class FileDeletedException(string path) : IOException($"{path} was deleted, or its folder was");
