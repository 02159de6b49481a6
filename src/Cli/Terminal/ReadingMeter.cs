using System.Diagnostics;
using System.Globalization;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Cli.Terminal;

/// <summary>How far a command is with all that it reads, at which rate, and how long the rest will take. Any thread may tell it.</summary>
internal sealed class ReadingMeter
{
    private const int LongestName = 40;

    private readonly long begin = Stopwatch.GetTimestamp();
    private long expected;
    private long opened;
    private long done;
    private long read;
    private int files;
    private int begun;

    /// <summary>That of this process.</summary>
    internal static ReadingMeter OfAll { get; } = new();

    /// <summary>So many files, of so many bytes together, will be read.</summary>
    internal void Expect(int count, long bytes) => (files, expected) = (count, Math.Max(expected, bytes));

    /// <summary>A file was opened.</summary>
    internal void Begin(long length)
    {
        Interlocked.Increment(ref begun);
        Open(length);
    }

    /// <summary>So many bytes are to be read: those of a file that was opened, or once more those of one that was read before, which are more
    /// than was expected.</summary>
    internal void Open(long length)
    {
        var all = Interlocked.Add(ref opened, length);
        for (var now = Volatile.Read(ref expected); now < all;)
        {
            var seen = Interlocked.CompareExchange(ref expected, all, now);
            now = seen == now ? all : seen;
        }
    }

    /// <summary>Some bytes were read, and some were passed over.</summary>
    internal void Advance(long bytes, long passed)
    {
        Interlocked.Add(ref read, bytes);
        Interlocked.Add(ref done, bytes + passed);
    }

    /// <summary>It in a line, for a name.</summary>
    /// <param name="name">What is being read.</param>
    /// <param name="hasLength">Whether it is known how long that is.</param>
    internal string Text(string name, bool hasLength)
    {
        var seconds = Math.Max(Stopwatch.GetElapsedTime(begin).TotalSeconds, 0.001);
        var rate = $"{ByteText.Of((long)(Volatile.Read(ref read) / seconds))}/s";
        var place = files > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({Math.Min(begun, files)} of {files})") : "";
        var head = $"{WrappedText.Cut(PrintableText.Of(name), LongestName)}{place}";
        if (!hasLength)
        {
            return $"{head}: {ByteText.Of(read)}, {rate}";
        }

        var (all, now) = (Math.Max(1, Volatile.Read(ref expected)), Volatile.Read(ref done));
        var left = now > 0 ? $", {TimeLeft((long)Math.Ceiling((all - now) * seconds / now))} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{head}: {(int)Math.Clamp(100.0 * now / all, 0, 100)} %, {rate}{left}");
    }

    private static string TimeLeft(long seconds) => seconds switch
    {
        < 60 => FormattableString.Invariant($"{Math.Max(0, seconds)} s"),
        < 3600 => FormattableString.Invariant($"{seconds / 60} min {seconds % 60} s"),
        _ => FormattableString.Invariant($"{seconds / 3600} h {seconds / 60 % 60} min"),
    };
}
