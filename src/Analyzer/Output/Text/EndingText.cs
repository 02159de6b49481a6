using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>
/// How connections began and ended, in words: how they ended as <see cref="Ending"/> calls it, <c>failed</c> with the error;
/// before it <c>pre-existing</c> if it was there before the capture began; behind it how it was reset unless by the peer, <c>held</c> if a program
/// had its descriptor when recording ended, <c>unfinished</c> if its end was not seen. A <c>?</c> says that events were lost
/// when the opening or the close may have been among them, or that the counters do not prove how it ended.
/// </summary>
internal static class EndingText
{
    /// <summary>Writes the words.</summary>
    public static int Write(Span<byte> target, in Connection connection)
    {
        var at = WritePreexisting(target, in connection);
        at += Utf8Text.Write(target[at..], Ending.Of(connection.Ending).Utf8);
        if (connection.IsEndingAssumed || (connection.Ending == ConnectionEnding.Open && connection.IsUncertain))
        {
            target[at++] = (byte)'?';
        }

        at += WriteDetail(target[at..], in connection);
        if (connection.Ending == ConnectionEnding.Failed)
        {
            target[at++] = (byte)' ';
            at += Encoding.ASCII.GetBytes(Errno.NameOf(connection.Error), target[at..]);
        }

        return at;
    }

    /// <summary>Writes a space and the words for the end of a row; nothing for one that was opened and closed.</summary>
    public static int WriteMark(Span<byte> target, in Connection connection)
    {
        if (connection is { Ending: ConnectionEnding.Closed, IsPreexisting: false, IsEndingAssumed: false, IsUnfinished: false, IsHeld: false })
        {
            return 0;
        }

        target[0] = (byte)' ';
        return 1 + Write(target[1..], in connection);
    }

    /// <summary>What its ending alone does not tell.</summary>
    private static int WriteDetail(Span<byte> target, in Connection connection)
    {
        var at = connection.EndedBy switch
        {
            TcpEnd.ResetSent => Utf8Text.Write(target, " sent"u8),
            TcpEnd.Aborted => Utf8Text.Write(target, " aborted"u8),
            TcpEnd.TimedOut => Encoding.ASCII.GetBytes($" {Errno.NameOf(connection.EndError)}", target),
            _ => 0,
        };
        at += connection.IsConnecting ? Utf8Text.Write(target[at..], " connecting"u8) : 0;
        at += connection.IsHeld ? Utf8Text.Write(target[at..], " held"u8) : 0;
        return at + (connection.IsUnfinished ? Utf8Text.Write(target[at..], " unfinished"u8) : 0);
    }

    private static int WritePreexisting(Span<byte> target, in Connection connection)
    {
        if (!connection.IsPreexisting)
        {
            return 0;
        }

        var at = Encoding.ASCII.GetBytes(ConnectionWords.Preexisting, target);
        return at + Utf8Text.Write(target[at..], connection is { IsUncertain: true, HasCloser: true } ? "? "u8 : " "u8);
    }
}
