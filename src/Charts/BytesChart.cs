using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Charts;

/// <summary><c>bytes</c>: the payload of connections, at the time when they ended: a capture does not tell when it went.</summary>
internal sealed class BytesChart(ChartOptions options) : ActivityChart(options, options.By)
{
    /// <inheritdoc />
    public override ChartText Describe(IReadOnlyList<RecordedSpan> recordings)
    {
        var title = $"Bytes of the connections that ended{ByText}";
        if (recordings.Count == 0 || IsEmpty)
        {
            return new ChartText(title, (recordings.Count == 0 ? "nothing was recorded" : "no connection was seen") + Lost(recordings));
        }

        var all = Total(recordings);
        var (sent, received) = (all.Aggregate(0ul, (sum, of) => sum + of.Sent), all.Aggregate(0ul, (sum, of) => sum + of.Received));
        return new ChartText(title, ChartText.Invariant(
            $"{Text(sent)} sent, {Text(received)} received by {all.Sum(of => of.Closed):N0} {Counted}, counted when they ended; {Open(recordings).End:N0} still open do not count") + Events(recordings));
    }

    private protected override IReadOnlyList<(string Name, FieldType Type, Func<ActivityInterval, long> Of)> Counts { get; } =
    [
        ("closed", FieldTypes.Count, of => of.Closed),
        ("sent", FieldTypes.Bytes, of => Signed(of.Sent)),
        ("received", FieldTypes.Bytes, of => Signed(of.Received)),
    ];

    private protected override void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings)
    {
        if (Options.By is null)
        {
            DrawLines(sheet, recordings, ("sent", of => Signed(of.Sent)), ("received", of => Signed(of.Received)));
        }
        else
        {
            DrawLines(sheet, recordings, ("both", of => Signed(of.Sent + of.Received)));
        }
    }

    private protected override string YLabel(TimeGrid grid) =>
        $"bytes of the {Counted} that ended in each {DurationScale.Text(grid.Length)}";

    private protected override bool IsOfBytes => true;

    private static string Text(ulong bytes) => ByteText.Of(Signed(bytes));

    private static long Signed(ulong bytes) => (long)Math.Min(bytes, long.MaxValue);
}
