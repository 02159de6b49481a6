using System.Collections.Immutable;

namespace TraceCap.Format.Events;

/// <summary>What happened to a connection. The value is the letter that tcptracer prints.</summary>
public enum TcpEventType : byte
{
    /// <summary>No event: the value of a default <see cref="TcpEvent"/>.</summary>
    None = 0,

    /// <summary>An incoming connection was accepted; seen when accept returns.</summary>
    Accept = (byte)'A',

    /// <summary>An outgoing connection was established.</summary>
    Connect = (byte)'C',

    /// <summary>An outgoing connection was not established: refused, timed out or aborted.</summary>
    ConnectFailed = (byte)'F',

    /// <summary>The connection existed before recording began.</summary>
    Open = (byte)'O',

    /// <summary>The last descriptor of a connection was closed; not shutdown, not the peer's FIN.</summary>
    Close = (byte)'X',

    /// <summary>TCP has finished with an established connection, usually some time after the close: the socket is in the state
    /// CLOSE, or only waits for segments that are late (TIME_WAIT). Its counters are final.</summary>
    Ended = (byte)'E',
}

/// <summary>A type of event, in all words that there are for it.</summary>
/// <param name="Type">The type; its letter is the value.</param>
/// <param name="Word">The word in tables, as in tcptracer's with <c>-v</c>.</param>
/// <param name="JsonWord">The value of <c>event.name</c> in JSON.</param>
/// <param name="Meaning">What happened, in a few words.</param>
/// <param name="IsTcptracer">Whether tcptracer has it as well.</param>
internal sealed record EventTypeWords(TcpEventType Type, string Word, string JsonWord, string Meaning, bool IsTcptracer)
{
    /// <summary>The letter in tables, in filters and in a capture.</summary>
    public char Letter => (char)Type;
}

/// <summary>The table of all types of events: whatever lists, prints or reads types goes by it.</summary>
internal static class EventTypes
{
    /// <summary>All of them, in the order in which they are listed.</summary>
    public static ImmutableArray<EventTypeWords> All { get; } =
    [
        new(TcpEventType.Connect, "connect", "tcp.connect", "connected", IsTcptracer: true),
        new(TcpEventType.Accept, "accept", "tcp.accept", "accepted", IsTcptracer: true),
        new(TcpEventType.Close, "close", "tcp.close", "closed", IsTcptracer: true),
        new(TcpEventType.ConnectFailed, "failed", "tcp.connect_failed", "failed to connect", IsTcptracer: false),
        new(TcpEventType.Open, "open", "tcp.open", "open before recording began", IsTcptracer: false),
        new(TcpEventType.Ended, "ended", "tcp.ended", "TCP has finished", IsTcptracer: false),
    ];

    /// <summary>Their letters in that order.</summary>
    public static string Letters { get; } = string.Concat(All.Select(type => type.Letter));

    /// <summary>What types mean by their letters, in one line.</summary>
    public static string Describe(IEnumerable<EventTypeWords> types) => string.Join(", ", types.Select(type => $"{type.Letter} {type.Meaning}"));

    /// <summary>The place of a type in the order; types that are not known come after all others, by their values.</summary>
    public static int PlaceOf(TcpEventType type)
    {
        var place = Letters.IndexOf((char)type, StringComparison.Ordinal);
        return place >= 0 ? place : Letters.Length + (int)type;
    }

    /// <summary>The words of a type; null if it is not known.</summary>
    public static EventTypeWords? Find(TcpEventType type) => PlaceOf(type) is var place && place < All.Length ? All[place] : null;
}
