using System.Runtime.InteropServices;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Cli.Files;

/// <summary>A file that is written, whose errors have the name that the user gave it: where it really stands is of no use to
/// its user.</summary>
internal sealed class OutputFile : Stream
{
    private const int HighestErrno = 4095;

    private readonly FileStream file;
    private readonly string name;

    private OutputFile(FileStream file, string name)
    {
        this.file = file;
        this.name = name;
    }

    public override bool CanRead => file.CanRead;

    public override bool CanSeek => file.CanSeek;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    /// <summary>Opens it.</summary>
    /// <param name="path">Where it stands.</param>
    /// <param name="options">How.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal static OutputFile Open(string path, FileStreamOptions options, string name)
    {
        try
        {
            return new OutputFile(new FileStream(path, options), name);
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"{name}: this user may not create or write it; choose another folder, or another user");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{name}: it cannot be created there; choose another folder");
        }
        catch (IOException error)
        {
            throw Named(error, name);
        }
    }

    /// <summary>Opens one that is written under its name as it grows, for its owner only.</summary>
    /// <inheritdoc cref="Open" path="/exception" />
    /// <param name="path">Where.</param>
    /// <param name="force">Whether a file or a link that is there is deleted first: what a link names is not touched.</param>
    internal static OutputFile Create(string path, bool force)
    {
        if (force && FileCalls.TypeAt(path) is FileCalls.Regular or FileCalls.Link)
        {
            File.Delete(path);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return Open(path, options, path);
    }

    /// <summary>Has all of it on the disk.</summary>
    internal void BringToDisk() => Try(() => file.Flush(flushToDisk: true));

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => file.Read(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            file.Write(buffer);
        }
        catch (ArgumentOutOfRangeException)
        {
            // What .NET makes of EFBIG.
            throw new IOException($"{name}: {FileFailure.TooLarge}");
        }
        catch (IOException error)
        {
            throw Named(error, name);
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void SetLength(long value) => Try(() => file.SetLength(value));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The number of a system's error is its HResult.</summary>
    private static IOException Named(IOException error, string name) => error.HResult is > 0 and <= HighestErrno
        ? new IOException($"{name}: {Marshal.GetPInvokeErrorMessage(error.HResult)}", error)
        : error;

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (IOException error)
        {
            throw Named(error, name);
        }
    }
}
