namespace TraceCap.Cli.Manual;

/// <summary>What a man page says of a command beyond its options: paragraphs of plain text.</summary>
internal static class Details
{
    private static readonly Dictionary<string, string[]> all = new()
    {
        ["tracecap"] =
        [
            "On a host, tracecap record writes every connection that is established, accepted and closed, with the process that did it, into a file that survives a crash. Anywhere else, without root, the other commands print that file as bcc's tcptracer would have printed it live, sum it up, draw it, check it against expectations, compare it with another one, and answer SQL.",
            "Nothing is lost silently: every event that could not be recorded is counted in the file, by place. A capture is readable after any crash up to its last complete chunk. What a file prints is what tcptracer would have printed, in true time order.",
            "Results go to standard output, all else to standard error. A file named - is standard input or output. Captures that were compressed with gzip, zstd, xz, bzip2 or lz4 are read as they are.",
            "Captures without a command are told of as info and summary do.",
        ],
        ["record"] =
        [
            "Records until Ctrl-C, SIGTERM, --duration, or --count rows. Filters act in the kernel, before an event takes room. Without --output the capture is HOST-TIME.tcap in this folder, and the first line says so; only -o - writes into a pipe.",
            "The file is made with mode 0600, and never overwritten without --force. An event can be read from it a second after it happened. Once the probes are attached, all privileges are given up; with --user, the recorder becomes another user.",
            "With -- COMMAND only what that command and its descendants do is recorded, until they have ended. The command runs as the user who called sudo; its streams, signals and exit code are passed through.",
            "SIGHUP ends the recording, or begins the next file where the name is a pattern. SIGUSR1 writes what --flight has kept. At the end it says what was recorded, and what was lost and where.",
        ],
        ["trace"] = ["The table of tcptracer, live, without a file. With -- COMMAND it is of what that command and its descendants do, and goes to standard error."],
        ["top"] =
        [
            "Without FILE, what happens on this host now; with it, what happened, in recorded time at any speed. Rates are of the last seconds. On a terminal keys switch between services, processes and peers, sort, filter, pause and step; ? lists them. Elsewhere, or with --batch, table after table is printed.",
        ],
        ["probes"] = ["Nothing is attached. Exit status 1 says that this host cannot record; each thing that is missing is named, with what it means."],
        ["replay"] =
        [
            "C is a connection that the recorded host opened, A one that it accepted, X the close of the last descriptor of either. With --all also F, a connect that failed; O, one that was open before recording began; E, the end, when TCP has finished with it. SADDR and SPORT are always of the recorded host.",
            "Thread names are printed with control characters escaped, for a thread may give itself any name and so forge rows; --raw prints them as tcptracer does.",
        ],
        ["info"] = ["Reads only the footer where there is one, so it takes milliseconds whatever the size of the capture; with filters it reads the events as well."],
        ["lifetimes"] =
        [
            "One row for each connection with its owner, bytes and lifetime, when it ends; PID and COMM are of the process that opened the socket. Rows that tcplife would not print, or would print wrongly, end with a word: open, reset, failed, pre-existing, unfinished, held. What is not known is a dash.",
        ],
        ["churn"] = ["Intervals count from the beginning of the capture. ACTIVE is how many connections were open at the end of an interval."],
        ["summary"] = ["Connections within the host are seen from both sides, and count once as connections, twice as sockets. Percentiles take connections that were still open into account (Kaplan-Meier). Findings tell what is worth a look, with the command that shows their rows."],
        ["plot"] = ["The picture says of how many connections it is, when most of them failed, and when events were lost; what is drawn there is faint, as it is only the least that there was. Its font comes with it, so a host without fonts will do."],
        ["report"] = ["The page is one file that asks for no other. It holds the connections themselves, chosen so that they represent the rest where not all fit. Names in a capture are shown, never run."],
        ["check"] = ["Losses, damage and filters count for what they may hide: where they decide, the verdict is unknown and the exit status 4, unless --allow-loss. A failed expectation is exit status 1."],
        ["diff"] = ["Each difference is told with the noise that such captures have: bursts are taken for what they are. --fail-if makes a change, or a figure of the second capture, exit status 1."],
        ["query"] = ["The tables are events, connections, captures and losses; nothing is imported, and only the columns that a query needs are read. SQL reads captures and nothing else, unless --allow-files. Without SQL there is a prompt. It takes libduckdb.so beside the executable, or --engine clickhouse."],
        ["export"] = ["Parquet, Arrow, CSV and NDJSON hold all fields; Perfetto, pcapng and OTLP take connections to other tools. Where --to is not given, the end of the output's name tells the format."],
        ["fields"] = ["These names are those of JSON, with shorter ones beside them; the type says how a value is written and compared."],
        ["verify"] = ["Checks every hash, count, order, reference and footer, and names each problem with its place."],
        ["merge"] = ["Events come in the order of time. Hosts stay apart: connection ids and clocks tell which events are of which."],
        ["cut"] = ["Losses and names are kept as far as they are of the time that is cut out. --keep-whole keeps both sockets of each connection that matches."],
        ["split"] = ["merge of the parts gives the events back."],
        ["compact"] = ["Larger chunks take less room, and lose more to one damaged byte."],
        ["anonymize"] = ["Addresses are replaced by Crypto-PAn, prefix-preserving, private and other special ranges still recognizable; ids are permuted, names hashed. All that is figured of the capture stays the same, but for names; the same key gives the same names in every file. Who has the key can undo it for addresses."],
        ["recover"] = ["Keeps every undamaged chunk, and writes down in the new file what is missing; what it writes passes verify. The exit status is 3 where something is missing."],
        ["import"] = ["Reads packets (pcap, pcapng), what tcptracer, tcplife or ss -tnp printed, Zeek's conn.log, and JSON lines as replay --json prints them. What a source does not hold stays unknown: connections on the wire have no process."],
        ["ship"] = ["A capture that is shipped twice, or was killed in the middle and is begun again, is there exactly once. A server that is gone is waited for."],
        ["completion"] = ["The script asks tracecap itself what may stand at the cursor, so it fits any version. It completes commands, options, their values, fields and metrics within expressions, captures, and names of this host and of the captures on the line."],
    };

    /// <summary>Those of a command; none of what is no command.</summary>
    internal static IReadOnlyList<string> Of(string command) => all.GetValueOrDefault(command) ?? [];
}
