using System.Collections.Immutable;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Import;

/// <summary>Gives the events of a source, in the order of time.</summary>
internal delegate IEnumerable<TcpEvent> ReadEvents(ImportSource source);

/// <summary>A format that captures are made of.</summary>
/// <param name="Word">What options call it.</param>
/// <param name="Meaning">What it is.</param>
/// <param name="Looks">Whether the first bytes of a file look like it.</param>
/// <param name="Read">Reads it.</param>
/// <param name="HasEnds">Whether it tells when TCP has finished with a connection; null if the events must be seen for that.</param>
/// <param name="Limits">What it does not hold, in sentences: the capture says so.</param>
internal sealed record ImportFormat(
    string Word, string Meaning, Func<ReadOnlyMemory<byte>, bool> Looks, ReadEvents Read, bool? HasEnds, params string[] Limits)
{
    /// <summary>All formats. The first one that a file looks like is taken.</summary>
    internal static ImmutableArray<ImportFormat> All { get; } =
    [
        new(
            "pcap",
            "packets, pcap or pcapng",
            first => PacketFile.Looks(first.Span),
            WireEvents.Read,
            HasEnds: true,
            "seen on the wire: which process did it, as whom and in which namespace is not known",
            "seen on the wire: a connection is told from its client's end, and its close is the first FIN or reset of the client"),
        new(
            "tcptracer",
            "what tcptracer printed with -t, of bcc (also with -v) or of libbpf-tools",
            TcptracerText.Looks,
            TcptracerText.Read,
            HasEnds: false,
            "printed by tcptracer: threads, sockets, cgroups, bytes and segments are not known, and failed connects are not there"),
        new(
            "tcplife",
            "what tcplife printed with -t or -T, of bcc (also with -w or -s) or of libbpf-tools",
            TcplifeText.Looks,
            TcplifeText.Read,
            HasEnds: false,
            "printed by tcplife: threads, users, sockets, cgroups and segments are not known, bytes are rounded to its KB, and failed connects are not there",
            "printed by tcplife: who opened a connection is not known; the end with the lower port is taken for the service, and its close is when TCP had finished"),
        new(
            "ss",
            "a snapshot of ss -tnp, also with -e, -i or -a",
            SsText.Looks,
            SsText.Read,
            HasEnds: false,
            "printed by ss: what was open at one time, which it does not tell; what came and went before and after is not there"),
        new(
            "zeek",
            "Zeek's conn.log, in columns or as JSON",
            ZeekConnections.Looks,
            ZeekConnections.Read,
            HasEnds: true,
            "seen by Zeek: which process did it, as whom and in which namespace is not known, nor retransmits and round-trip times",
            "seen by Zeek: a connection is told from its originator's end, and its close is when Zeek saw the last of it"),
        new(
            "json",
            "lines of JSON, as replay --json prints them",
            _ => true,
            source => EventJson.ReadAll(source.Input, source.Names, source.Clocks),
            HasEnds: null),
    ];
}
