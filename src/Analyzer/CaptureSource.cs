using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Analyzer;

/// <summary>Where a capture is read from, each time from its beginning: a file that is opened anew, or the caller's stream.</summary>
internal sealed class CaptureSource : IDisposable
{
    private readonly Func<Stream>? open;
    private readonly Stream? stream;
    private readonly bool leaveOpen;
    private int isInUse;
    private bool isRead;
    private bool isDisposed;

    /// <param name="path">Of a file.</param>
    /// <remarks>A recorder may still write to it, and may delete it.</remarks>
    internal CaptureSource(string path)
        : this(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
    {
    }

    /// <param name="name">What messages call it.</param>
    /// <param name="open">Opens it, as often as it is read.</param>
    internal CaptureSource(string name, Func<Stream> open) => (Name, this.open) = (name, open);

    /// <param name="stream">Is read from its beginning if it can seek, else once from where it stands.</param>
    /// <param name="leaveOpen">Whether it is the caller's to dispose of.</param>
    internal CaptureSource(Stream stream, bool leaveOpen) =>
        (Name, this.stream, this.leaveOpen) = (stream is FileStream file ? file.Name : "the stream", stream, leaveOpen);

    /// <summary>What messages call it.</summary>
    internal string Name { get; }

    /// <summary>Whether it can be read more than once.</summary>
    internal bool CanReadAgain => stream is null || stream.CanSeek;

    /// <summary>Begins to read.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="InvalidOperationException">The stream is being read, or was and cannot seek.</exception>
    internal CaptureReading Open()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (stream is null)
        {
            var file = open!();
            return new CaptureReading(file, file.Dispose);
        }

        if (Interlocked.Exchange(ref isInUse, 1) != 0)
        {
            throw new InvalidOperationException($"{Name} is being read; end that first, or open the capture by its path");
        }

        if (isRead && !stream.CanSeek)
        {
            isInUse = 0;
            throw new InvalidOperationException($"{Name} cannot seek, so it can be read only once");
        }

        isRead = true;
        stream.Position = stream.CanSeek ? 0 : stream.Position;
        return new CaptureReading(stream, () => isInUse = 0);
    }

    /// <summary>Sees whether it is a capture, if that can be seen without using it up.</summary>
    /// <exception cref="CaptureFormatException">It is none.</exception>
    internal void Probe()
    {
        if (CanReadAgain)
        {
            using var reading = Open();
            Named(() => new CaptureReader(reading.Stream).Read());
        }
    }

    /// <summary>When its sections were begun; null if that cannot be told.</summary>
    internal CaptureStarts? Starts()
    {
        if (!CanReadAgain)
        {
            return null;
        }

        using var reading = Open();
        return CaptureStarts.Of(reading.Stream);
    }

    /// <summary>When it ends; null if there is nothing in it.</summary>
    internal CaptureEnd? End()
    {
        using var reading = Open();
        return Named(() => CaptureEnd.Of(reading.Stream));
    }

    /// <summary>Does something with its content, and puts its name before what is wrong with that.</summary>
    internal T Named<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CaptureFormatException error)
        {
            throw new CaptureFormatException($"{Name}: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        isDisposed = true;
        if (!leaveOpen)
        {
            stream?.Dispose();
        }
    }
}

/// <summary>A capture that is being read, until this is disposed of.</summary>
/// <param name="stream">Stands at its beginning.</param>
/// <param name="end">Ends the reading.</param>
internal sealed class CaptureReading(Stream stream, Action end) : IDisposable
{
    internal Stream Stream => stream;

    public void Dispose() => end();
}
