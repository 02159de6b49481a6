using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Episodes;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;

namespace TraceCap.Charts;

/// <summary><c>ports</c>: the local ports that the connections which this host opened held at a time, those in TIME_WAIT with them: there are
/// only so many from one address to one service.</summary>
internal sealed class PortsChart(ChartOptions options) : ActivityChart(options, options.By ?? Grouping.LocalAddressAndService)
{
    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings)
    {
        var title = $"Local ports in use by {(Options.By ?? Grouping.LocalAddressAndService).Word}";
        if (recordings.Count == 0 || IsEmpty)
        {
            return new ChartText(title, (recordings.Count == 0 ? "nothing was recorded" : "no connection was opened by this host") + Lost(recordings));
        }

        return new ChartText(title, ChartText.Invariant(
            $"{Open(recordings).Max:N0} of all groups at most; open connections, and those in TIME_WAIT for a minute after their end; Linux has {FindingRule.EphemeralPorts:N0} for each address and service unless told otherwise") + Events(recordings));
    }

    private protected override bool IsLevel => true;

    private protected override IReadOnlyList<(string Name, FieldType Type, Func<ActivityInterval, long> Of)> Counts { get; } =
    [
        ("taken", FieldTypes.Count, of => of.Opened),
        ("in_use_max", FieldTypes.Count, of => of.Peak),
    ];

    private protected override void Add(in Connection connection, RecordedSpan recording)
    {
        if (connection.IsService || connection.Ending == ConnectionEnding.Failed)
        {
            return;
        }

        // What it holds beyond the end of the recording is out of the picture.
        var held = connection;
        held.Ended += Math.Min(PortOccupancy.WaitAfter(in connection), ulong.MaxValue - held.Ended);
        base.Add(in held, recording);
    }

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        var scale = DrawLines(sheet, recordings, ("", of => of.Peak));
        if (scale.At(FindingRule.EphemeralPorts) <= scale.Top)
        {
            sheet.AddLimit(scale.At(FindingRule.EphemeralPorts), ChartText.Invariant($"{FindingRule.EphemeralPorts:N0} that Linux has"));
        }
    }

    private protected override string YLabel(TimeGrid grid) => $"most local ports in use at once in each {DurationScale.Text(grid.Length)}";
}
