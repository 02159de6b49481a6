using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TraceCap.Analyzer.Connections;

/// <summary>A connection that waits for its turn.</summary>
internal struct HeldConnection
{
    internal Connection Connection;

    /// <summary>The number of what it was recorded in.</summary>
    internal int Recording;
}

/// <summary>Which of two comes first: negative for the one, positive for the other, 0 if they are equal.</summary>
internal delegate int HeldComparison(in HeldConnection one, in HeldConnection other);

/// <summary>
/// Sorted parts of many connections in a temporary file, and one order of all. The file has no name on Linux, so that nothing is
/// left of it, however the process ends.
/// </summary>
internal sealed class SortedRuns : IDisposable
{
    /// <summary>All parts together have room for so many while they are merged.</summary>
    private const int MergedTogether = 1 << 17;

    private const int MostBuffered = 1 << 10;

    private readonly string folder = Path.GetTempPath();
    private readonly SafeFileHandle file;
    private readonly List<long> ends = [];
    private long end;

    /// <exception cref="IOException">There is no room for the file.</exception>
    internal SortedRuns()
    {
        var path = Path.Combine(folder, $"tracecap-{Path.GetRandomFileName()}");
        file = Named(() => File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose));
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Delete(path);
        }
    }

    /// <summary>Writes a part.</summary>
    /// <param name="items">The connections.</param>
    /// <param name="sorted">The places of the part's in their order.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    internal void Add(HeldConnection[] items, int[] sorted)
    {
        var buffer = new HeldConnection[MostBuffered];
        for (var first = 0; first < sorted.Length; first += buffer.Length)
        {
            var count = Math.Min(buffer.Length, sorted.Length - first);
            for (var i = 0; i < count; i++)
            {
                buffer[i] = items[sorted[first + i]];
            }

            var bytes = buffer.AsSpan(0, count);
            Named(() => RandomAccess.Write(file, MemoryMarshal.AsBytes<HeldConnection>(buffer.AsSpan(0, count)), end));
            end += MemoryMarshal.AsBytes(bytes).Length;
        }

        ends.Add(end);
    }

    /// <summary>All of them in one order; of equal ones those that were added first.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal IEnumerable<HeldConnection> Merge(HeldComparison order)
    {
        var room = Math.Clamp(MergedTogether / Math.Max(1, ends.Count), 16, MostBuffered);
        var runs = ends.Select((until, number) => new Run(this, number == 0 ? 0 : ends[number - 1], until, room)).ToArray();
        var first = new PriorityQueue<int, int>(Comparer<int>.Create((one, other) =>
            order(in runs[one].Current, in runs[other].Current) is not 0 and var decided ? decided : one.CompareTo(other)));
        for (var number = 0; number < runs.Length; number++)
        {
            if (runs[number].Next())
            {
                first.Enqueue(number, number);
            }
        }

        // Its place in the queue is that of its first connection: it must leave before that changes.
        while (first.TryDequeue(out var number, out _))
        {
            yield return runs[number].Current;
            if (runs[number].Next())
            {
                first.Enqueue(number, number);
            }
        }
    }

    /// <summary>Gives the room on the disk back.</summary>
    public void Dispose() => file.Dispose();

    private void Named(Action action) => Named(() =>
    {
        action();
        return true;
    });

    private T Named<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException(FormattableString.Invariant(
                $"sorting takes a temporary file in {folder}, {end >> 20:N0} MiB so far: {Reason(error)}; name a folder with room by TMPDIR, or ask for fewer rows"), error);
        }
    }

    /// <summary>Without the path of a file that nobody else knows.</summary>
    private static string Reason(Exception error) => error.HResult is > 0 and < 4096 ? Marshal.GetPInvokeErrorMessage(error.HResult) : error.Message.Split(" : ")[0];

    /// <summary>A part that is read.</summary>
    private sealed class Run(SortedRuns runs, long begin, long end, int room)
    {
        private readonly HeldConnection[] buffer = new HeldConnection[room];
        private long position = begin;
        private int count;
        private int at = -1;

        internal ref readonly HeldConnection Current => ref buffer[at];

        internal bool Next()
        {
            if (++at < count)
            {
                return true;
            }

            var size = MemoryMarshal.AsBytes<HeldConnection>(buffer.AsSpan(0, 1)).Length;
            count = (int)Math.Min(buffer.Length, (end - position) / size);
            at = 0;
            for (var read = 0; read < count * size;)
            {
                var target = read;
                var got = 0;
                runs.Named(() => got = RandomAccess.Read(runs.file, MemoryMarshal.AsBytes<HeldConnection>(buffer.AsSpan(0, count))[target..], position));
                if (got == 0)
                {
                    throw new EndOfStreamException("the temporary file of the sort was cut off");
                }

                read += got;
                position += got;
            }

            return count > 0;
        }
    }
}
