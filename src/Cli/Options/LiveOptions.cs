using System.CommandLine;
using System.Numerics;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Terminal;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Probes;

namespace TraceCap.Cli.Options;

/// <summary>What <c>record</c>, <c>trace</c> and <c>top</c> share: what the probes are asked for, when to end, and how.</summary>
internal sealed class LiveOptions
{
    private readonly Option<TimeSpan?> duration = OptionFactory.Seconds("End after so long.", "-d", "--duration");
    private readonly Option<ulong?> count = OptionFactory.Count(
        "End after so many rows of the plain table: connects, accepts and closes; trace counts the rows that it shows.", "COUNT", "-n", "--count");

    private readonly Option<long?> buffer = OptionFactory.Size(
        "Room for events on their way from the kernel; 8M if not given.", "a power of two from 4K to 1G, such as 512K, 8M or 64M", IsRingSize, "--buffer");

    private readonly Option<string?> probeSet = OptionFactory.Word<string?>(
        "The probes to use; if not given, the first of these that the kernel takes. `tracecap probes` says which work here.",
        "SET",
        ProbeOptions.ProbeSets.ToDictionary(set => set, string? (set) => set),
        "--probes");

    private readonly Option<string?> user = OptionFactory.Text("Become this user once the probes are attached; all capabilities are given up in any case.", "NAME", "--user").Offering(ValueSource.Users);

    internal LiveFilterOptions Filters { get; } = new();

    internal void AddTo(Command command)
    {
        AddProbesTo(command);
        OptionGroups.Put(OptionGroups.Recording, duration, count);
        command.Add(duration);
        command.Add(count);
    }

    /// <summary>Only what the probes are asked for, and as whom.</summary>
    internal void AddProbesTo(Command command)
    {
        Filters.AddTo(command);
        OptionGroups.Put(OptionGroups.Recording, buffer, user, probeSet);
        command.Add(buffer);
        command.Add(user);
        command.Add(probeSet);
    }

    internal ProbeOptions Probes(ParseResult parsed)
    {
        var probes = Filters.ToProbeOptions(parsed) with { ProbeSet = parsed.GetValue(probeSet) };
        return parsed.GetValue(buffer) is { } size ? probes with { RingBytes = (int)size } : probes;
    }

    internal TimeSpan? Duration(ParseResult parsed) => parsed.GetValue(duration);

    /// <summary>Whom to become; null to stay who one is.</summary>
    internal UserAccount? User(ParseResult parsed) => parsed.GetValue(user) is not { } name
        ? null
        : UserAccount.Find(name) ?? throw new CommandException($"--user {name}: there is no such user on this host", ExitCode.Usage);

    internal ulong Count(ParseResult parsed) => parsed.GetValue(count) ?? ulong.MaxValue;

    private static bool IsRingSize(long size) => BitOperations.IsPow2(size) && size >= Environment.SystemPageSize && size <= 1 << 30;
}
