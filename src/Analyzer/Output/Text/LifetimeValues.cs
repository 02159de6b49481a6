using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>The values of tcplife's columns, in its table and as CSV.</summary>
internal sealed class LifetimeValues
{
    // All columns at their longest: times, 30; 16 bytes of a name, 6 for each; two addresses; five numbers; the ending.
    internal const int MaxRow = 512;

    private ulong? first;

    /// <summary>When it ended, nanoseconds since 1970; null if that is not known.</summary>
    internal static ulong? WallEnd(in Connection connection, ConnectionContext context) =>
        connection.Ended + (Int128?)context.WallOffset(connection.Ended) is { } wall && wall >= 0 && wall <= ulong.MaxValue ? (ulong)wall : null;

    /// <summary>tcplife's clock has whole microseconds.</summary>
    internal int FormatSeconds(Span<byte> target, in Connection connection, ConnectionContext context)
    {
        var now = (connection.Ended + (ulong)(context.Recording.WallOffset ?? 0)) / 1000;
        first ??= now;
        return Utf8Text.WriteFixed(target, (long)(now - first.Value) / 1e6, 6);
    }

    internal static int FormatMilliseconds(Span<byte> target, in Connection connection) =>
        Utf8Text.WriteFixed(target, connection.Lifetime / 1000 / 1e3, 2);

    /// <summary>One that failed has sent nothing; of others the counters are known by their end or their close.</summary>
    internal static bool HasCounters(in Connection connection) =>
        connection.HasCounters || connection.Ending == ConnectionEnding.Failed;
}
