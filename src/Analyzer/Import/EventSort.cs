using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>
/// Puts events that come in any order in that of time; equal times keep the order in which they came. Who prints connections when they end tells of
/// the beginning of each long after it. Beyond what memory is for it, sorted parts wait in a temporary file without a name.
/// </summary>
/// <param name="most">So many are held in memory.</param>
internal sealed class EventSort(int most = 1 << 18) : IDisposable
{
    private const int MergedTogether = 1 << 17;
    private const int MostBuffered = 1 << 10;

    private readonly List<TcpEvent> held = [];
    private readonly List<long> ends = [];
    private SafeFileHandle? file;

    /// <summary>Takes an event.</summary>
    internal void Add(in TcpEvent one)
    {
        if (held.Count == most)
        {
            Spill();
        }

        held.Add(one);
    }

    /// <summary>Gives all of them, in order.</summary>
    /// <exception cref="IOException">There is no room for the temporary file.</exception>
    internal IEnumerable<TcpEvent> All()
    {
        var last = Sorted();
        if (file is null)
        {
            foreach (var place in last)
            {
                yield return held[place];
            }

            yield break;
        }

        var room = Math.Clamp(MergedTogether / ends.Count, 16, MostBuffered);
        var parts = ends.Select((end, number) => Read(number == 0 ? 0 : ends[number - 1], end, room)).Append(last.Select(place => held[place]))
            .Select(part => part.GetEnumerator()).ToArray();
        var next = new PriorityQueue<int, (ulong Time, int Part)>();
        for (var part = 0; part < parts.Length; part++)
        {
            Take(part);
        }

        while (next.TryDequeue(out var part, out _))
        {
            yield return parts[part].Current;
            Take(part);
        }

        void Take(int part)
        {
            if (parts[part].MoveNext())
            {
                next.Enqueue(part, (parts[part].Current.Timestamp, part));
            }
        }
    }

    public void Dispose() => file?.Dispose();

    private int[] Sorted()
    {
        var places = Enumerable.Range(0, held.Count).ToArray();
        var events = held;
        Array.Sort(places, (one, other) => events[one].Timestamp.CompareTo(events[other].Timestamp) is not 0 and var order ? order : one.CompareTo(other));
        return places;
    }

    private void Spill()
    {
        file ??= Open();
        var end = ends.LastOrDefault();
        foreach (var some in Sorted().Chunk(MostBuffered))
        {
            var bytes = MemoryMarshal.AsBytes<TcpEvent>(some.Select(place => held[place]).ToArray());
            RandomAccess.Write(file, bytes, end);
            end += bytes.Length;
        }

        ends.Add(end);
        held.Clear();
    }

    private static SafeFileHandle Open()
    {
        var path = Path.Combine(Path.GetTempPath(), $"tracecap-{Path.GetRandomFileName()}");
        var opened = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(opened, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Delete(path);
        }

        return opened;
    }

    private IEnumerable<TcpEvent> Read(long from, long to, int room)
    {
        var buffer = new TcpEvent[room];
        while (from < to)
        {
            var count = Fill(buffer.AsSpan(0, (int)Math.Min(room, (to - from) / TcpEvent.Size)), from);
            from += count * TcpEvent.Size;
            for (var i = 0; i < count; i++)
            {
                yield return buffer[i];
            }
        }
    }

    private int Fill(Span<TcpEvent> events, long from)
    {
        var bytes = MemoryMarshal.AsBytes(events);
        for (var got = 0; got < bytes.Length;)
        {
            var more = RandomAccess.Read(file!, bytes[got..], from + got);
            got += more > 0 ? more : throw new EndOfStreamException("the temporary file has become shorter");
        }

        return events.Length;
    }
}
