using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Rolling;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>Which columns of a <see cref="RollingTable"/> fit a terminal. The least important ones go first; the name of a group gives way to
/// those that stay, but not below what a narrow terminal leaves.</summary>
/// <param name="Header">What stands above the names.</param>
/// <param name="NameWidth">The columns of a name.</param>
/// <param name="Columns">The figures that are shown.</param>
/// <param name="Hidden">Those that are not, in the order in which they would come back.</param>
internal sealed record RollingLayout(string Header, int NameWidth, IReadOnlyList<RollingColumn> Columns, IReadOnlyList<RollingColumn> Hidden)
{
    /// <summary>Stands before a group of which connects failed.</summary>
    internal const string FailureMark = "! ";

    /// <summary>Between columns.</summary>
    internal const string Gap = "  ";

    private const int LeastName = 10;
    private const int Narrow = 60;

    // "255.255.255.255:65535", and most names of processes.
    private const int UsualName = 21;

    /// <summary>Fits columns.</summary>
    /// <param name="by">The grouping.</param>
    /// <param name="names">The names of the groups.</param>
    /// <param name="width">The columns of the terminal; 0: any.</param>
    internal static RollingLayout Of(Grouping by, IEnumerable<string> names, int width)
    {
        var header = by.Word.ToUpperInvariant();
        var longest = Math.Max(UsualName, names.Select(name => name.Length).Append(header.Length).Max());
        var room = width == 0 ? 0 : Math.Max(1, width - FailureMark.Length - (width < Narrow ? LeastName : UsualName));
        var shown = FittingColumns.Choose(RollingColumn.All, room, column => (Gap.Length + column.Width, column.Goes));
        var left = width - FailureMark.Length - shown.Sum(column => Gap.Length + column.Width);
        return new RollingLayout(
            header,
            width == 0 ? longest : Math.Clamp(longest, 1, Math.Max(1, left)),
            shown,
            [.. RollingColumn.All.Except(shown).OrderBy(column => column.Goes)]);
    }
}
