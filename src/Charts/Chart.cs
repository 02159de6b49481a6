using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Output.Html;
using TraceCap.Analyzer.Output.Tables;

namespace TraceCap.Charts;

/// <summary>
/// A chart of connections. It takes them as they are read, in memory that does not grow with their number, and can
/// be drawn when all are there, as often as need be.
/// </summary>
internal abstract class Chart : IConnectionSink
{
    /// <summary>Groups that get a colour of their own.</summary>
    private protected const int MaxGroups = 6;

    private protected Chart(ChartOptions options) => Options = options;

    /// <summary>What was asked for.</summary>
    public ChartOptions Options { get; }

    /// <inheritdoc />
    public abstract void Take(ReadOnlySpan<Connection> connections, RecordedSpan recording);

    /// <summary>What it says in words.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    public abstract ChartText Describe(IReadOnlyList<RecordedSpan> recordings);

    /// <summary>The numbers that it shows.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    public abstract TableData Data(IReadOnlyList<RecordedSpan> recordings);

    /// <summary>Draws it as PNG.</summary>
    /// <param name="recordings">What the connections were recorded in.</param>
    /// <param name="size">In pixels.</param>
    /// <param name="theme">Its colours.</param>
    public byte[] ToPng(IReadOnlyList<RecordedSpan> recordings, ChartSize size, ColorTheme theme)
    {
        using var sheet = Draw(recordings, size, theme);
        return sheet.ToPng();
    }

    /// <summary>Draws it as SVG; its text is text.</summary>
    /// <inheritdoc cref="ToPng" />
    public string ToSvg(IReadOnlyList<RecordedSpan> recordings, ChartSize size, ColorTheme theme)
    {
        using var sheet = Draw(recordings, size, theme);
        return ChartSvg.Finish(sheet.ToSvg(), size, Describe(recordings));
    }

    /// <summary>Whether there is nothing to draw, so that the words alone are shown.</summary>
    private protected abstract bool IsEmpty { get; }

    /// <summary>Draws on a sheet. There is at least one recording, and something to draw.</summary>
    private protected abstract void Draw(ChartSheet sheet, IReadOnlyList<RecordedSpan> recordings);

    /// <summary>What the owners of the groups are called in a title; nothing for no groups.</summary>
    private protected string ByText => Options.By switch
    {
        null => "",
        { } by => $" by {by.Word}",
    };

    /// <summary>The column of groups; none where there are none.</summary>
    private protected IReadOnlyList<TableColumn> GroupColumn => Options.By is null ? [] : [TableColumn.Of("group", FieldTypes.Text)];

    /// <summary>Its value.</summary>
    private protected FieldValue[] GroupValue(string label) => Options.By is null ? [] : [FieldValue.Of(label)];

    /// <summary>A warning that numbers are too low; nothing if no event was lost.</summary>
    private protected static string Lost(IReadOnlyList<RecordedSpan> recordings)
    {
        var lost = RecordedSpan.LossCountersOf(recordings).Lost;
        return lost == 0 ? "" : ChartText.Invariant($"; {lost:N0} events lost");
    }

    private ChartSheet Draw(IReadOnlyList<RecordedSpan> recordings, ChartSize size, ColorTheme theme)
    {
        var sheet = new ChartSheet(theme, Describe(recordings), size);
        if (recordings.Count > 0 && !IsEmpty)
        {
            Draw(sheet, recordings);
        }
        else
        {
            sheet.HideAxes();
        }

        return sheet;
    }
}
