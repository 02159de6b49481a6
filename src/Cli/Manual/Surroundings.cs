using System.CommandLine;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Manual;

/// <summary>What commands take from around them and leave there beside their output: exit codes, variables, files.</summary>
internal static class Surroundings
{
    private static readonly (ExitCode Code, string Meaning, string[] Commands)[] codes =
    [
        (ExitCode.Done, "Done.", []),
        (ExitCode.Failed, "It could not be done, as standard error says; or an expectation was not met.", []),
        (ExitCode.Usage, "The command line is wrong.", []),
        (ExitCode.Damaged, "Done, but a capture was damaged or truncated: what could be read is on standard output.", []),
        (ExitCode.Unknown, "It cannot be told whether an expectation holds, since events are missing.", ["check", "diff"]),
        (ExitCode.Interrupted, "Ended by Ctrl-C before the answer was there.", ["query"]),
    ];

    private static readonly (string Name, string Meaning, string[] Commands)[] variables =
    [
        ("NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE", "Whether text has colours, as --color auto has it.", []),
        ("TERM", "No colours, no progress and no full screen where it is dumb.", []),
        ("COLUMNS", "How wide tables may be, instead of the terminal's width.", []),
        ("LC_ALL, LC_CTYPE, LANG", "Signs beyond ASCII are drawn unless these say C or POSIX.", ["churn", "top"]),
        ("SUDO_UID, SUDO_GID, DOAS_USER, PKEXEC_UID", "Who called: the user that a command to record runs as.", ["record", "trace"]),
        ("NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID", "Where a service manager is told how recording goes.", ["record"]),
        ("PATH", "Where the command to record, and what --on-rotate runs, is looked for.", ["record", "trace"]),
        ("BROWSER", "What --open opens the page with.", ["report"]),
        ("CLICKHOUSE_USER, CLICKHOUSE_PASSWORD", "The user of the server, and its password.", ["query", "ship"]),
        ("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION", "What a bucket is written with.", ["ship"]),
        ("OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_EXPORTER_OTLP_COMPRESSION", "As OpenTelemetry's specification of exporters has them, those of logs before those of all signals.", ["export"]),
        ("HOME, XDG_STATE_HOME", "Where the history of the prompt is kept.", ["query"]),
    ];

    private static readonly (string Name, string Meaning, string[] Commands)[] files =
    [
        ("HOST-TIME.tcap", "The capture, where no name was given.", ["record"]),
        ("/sys/kernel/btf/vmlinux", "The types of the running kernel, which the probes are fitted to.", ["record", "trace", "top", "probes"]),
        ("/sys/fs/cgroup", "The names of cgroups, and so of containers and units.", ["record", "trace", "top", "probes"]),
        ("/etc/services", "The names of ports.", []),
        ("~/.local/state/tracecap/query_history", "What was typed at the prompt.", ["query"]),
    ];

    /// <summary>The exit codes that a command has.</summary>
    internal static IEnumerable<(string Name, string Meaning)> CodesOf(Command command) =>
        from one in codes
        where IsOf(one.Commands, command) && (one.Code != ExitCode.Damaged || ReadsCaptures(command))
        select ($"{(int)one.Code}", one.Meaning);

    /// <summary>The variables that it goes by.</summary>
    internal static IEnumerable<(string Name, string Meaning)> VariablesOf(Command command) => variables.Where(one => IsOf(one.Commands, command)).Select(one => (one.Name, one.Meaning));

    /// <summary>The files that it reads or writes without being told.</summary>
    internal static IEnumerable<(string Name, string Meaning)> FilesOf(Command command) => files.Where(one => IsOf(one.Commands, command)).Select(one => (one.Name, one.Meaning));

    /// <summary>No command is named where it is of all; the program's own page has everything.</summary>
    private static bool IsOf(string[] commands, Command command) => commands.Length == 0 || command is RootCommand || commands.Contains(command.Name);

    private static bool ReadsCaptures(Command command) =>
        command is RootCommand || command.Arguments.Any(argument => ValueSource.Of(argument) == ValueSource.Captures);
}
