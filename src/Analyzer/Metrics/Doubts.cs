using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Metrics;

/// <summary>What is missing from recordings, as far as it can make figures false; <see cref="Evidence"/> says which figures.</summary>
internal sealed class Doubts
{
    // Whether a connection was recorded does not change from its opening to its close if only these choose it.
    private static readonly string[] socketFilters = ["netns", "ip version", "port", "addr"];
    private static readonly string[] socketOptions = ["-N", "--netns", "-4", "--ipv4", "-6", "--ipv6", "--port", "--addr", "--from", "--to"];

    private static readonly string[] timeOptions = ["--from", "--to", "--keep-whole"];

    /// <summary>No doubts.</summary>
    internal static Doubts None { get; } = new();

    /// <summary>At most so many events are missing in the time of the recordings: infinite if nobody counted them.</summary>
    public double Events { get; private init; }

    /// <summary>Whether of one connection the opening may be there and the close not, or the other way round, without an event
    /// having been lost.</summary>
    public bool PartsConnections { get; private init; }

    /// <summary>Whether connections of some tasks were not recorded, so that others may have done what these did not.</summary>
    public bool LeavesOutTasks { get; private init; }

    /// <summary>Whether there is no recording, or one without any length.</summary>
    public bool IsNothingRecorded { get; private init; }

    /// <summary>Why, one reason after another; none if there are no doubts.</summary>
    public IReadOnlyList<string> Reasons { get; private init; } = [];

    /// <summary>By what connections were let through, without the values: process ids and namespaces are never those of another
    /// recording. Times do not count: a part of a recording is one.</summary>
    internal IReadOnlySet<string> Filters { get; private init; } = new HashSet<string>();

    /// <summary>All reasons in one sentence.</summary>
    internal string Text => string.Join("; ", Reasons);

    /// <summary>The doubts about recordings.</summary>
    public static Doubts Of(IReadOnlyList<RecordedSpan> recordings)
    {
        var losses = RecordedSpan.LossCountersOf(recordings);
        var isNothing = recordings.All(recording => recording.Length == 0);
        var isDamaged = recordings.Any(recording => recording.IsDamaged);
        var isTruncated = recordings.Any(recording => recording.IsTruncated);
        var partingFilters = recordings.SelectMany(recording => recording.PartingFilters).Distinct().Where(IsOfTasks).ToArray();
        var partingSelections = recordings.SelectMany(recording => recording.Selections).Distinct().Where(Parts).ToArray();
        var typeSelections = partingSelections.Where(selection => Options(selection).Contains("--type")).ToArray();
        var hasPauses = recordings.Any(recording => recording.Pauses.Count > 0);
        var counted = losses.Lost + losses.ProbeMissed;
        var reasons = new List<string>();
        Add(isNothing, "no time was recorded");
        Add(losses.Lost > 0, LossWords.WereLost(recordings, losses));
        Add(losses.Lost == 0 && losses.ProbeMissed > 0, $"events lost: {LossText.Describe(losses)}{LossWords.When(recordings, isDamaged: false)}");
        Add(isDamaged, LossWords.Damaged(recordings));
        Add(isTruncated, LossWords.Truncated(recordings));
        Add(partingFilters.Length > 0, $"closes by others than its filter lets through were not recorded ({string.Join(", ", partingFilters)})");
        Add(partingSelections.Length > 0, $"only some events were kept ({string.Join(", ", partingSelections)})");
        Add(hasPauses, "between the captures nothing was recorded");
        return new Doubts
        {
            Events = isNothing || isDamaged || isTruncated || typeSelections.Length > 0 ? double.PositiveInfinity : counted,
            PartsConnections = partingFilters.Length + partingSelections.Length > 0 || hasPauses,
            LeavesOutTasks = recordings.Any(recording => recording.Filters.Any(IsOfTasks)),
            IsNothingRecorded = isNothing,
            Reasons = reasons,
            Filters = recordings.SelectMany(recording => recording.Filters.Select(NameOf).Concat(recording.Selections.SelectMany(Options).Except(timeOptions))).ToHashSet(),
        };

        void Add(bool isSo, string? reason)
        {
            if (isSo && reason is not null)
            {
                reasons.Add(reason);
            }
        }
    }

    private static string NameOf(string filter) => socketFilters.FirstOrDefault(name => filter.StartsWith(name + " ", StringComparison.Ordinal)) ?? filter.Split(' ')[0];

    /// <summary>Whether a filter of the recorder chose by tasks; one may also choose what to leave out.</summary>
    private static bool IsOfTasks(string filter) => !socketFilters.Any(of =>
        filter.StartsWith(of + " ", StringComparison.Ordinal) || filter.StartsWith($"not {of} ", StringComparison.Ordinal));

    private static bool Parts(string selection)
    {
        var options = Options(selection);
        return !options.Contains("--keep-whole") && !options.All(socketOptions.Contains);
    }

    private static string[] Options(string selection) => [.. selection.Split(' ').Where(word => word.StartsWith('-'))];
}
