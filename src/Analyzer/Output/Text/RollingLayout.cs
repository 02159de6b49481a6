using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Rolling;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>Which columns of a <see cref="RollingTable"/> fit a terminal. The least important ones go first; a name that is longer than
/// most gives way to those that stay.</summary>
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

    /// <summary>A terminal of fewer columns has room for little besides names.</summary>
    internal const int Narrow = 60;

    private const int LeastName = 10;

    // "255.255.255.255:65535", and most names of processes.
    private const int UsualName = 21;

    /// <summary>Fits columns.</summary>
    /// <param name="by">The grouping.</param>
    /// <param name="names">The names of the groups.</param>
    /// <param name="width">The columns of the terminal; 0: any.</param>
    internal static RollingLayout Of(Grouping by, IEnumerable<string> names, int width)
    {
        var header = by.Word.ToUpperInvariant();
        var longest = names.Select(name => name.Length).Append(header.Length).Max();
        var usual = Math.Max(UsualName, longest);
        // On a narrow terminal short names make room for a column. On others columns stay the same whatever the names are.
        var name = width < Narrow ? Math.Clamp(longest, LeastName, UsualName) : UsualName;
        var room = width == 0 ? 0 : Math.Max(1, width - FailureMark.Length - name);
        var shown = FittingColumns.Choose(RollingColumn.All, room, column => (Gap.Length + column.Width, column.Goes));
        var left = width - FailureMark.Length - shown.Sum(column => Gap.Length + column.Width);
        return new RollingLayout(
            header,
            width == 0 ? usual : Math.Clamp(usual, 1, Math.Max(1, left)),
            shown,
            [.. RollingColumn.All.Except(shown).OrderBy(column => column.Goes)]);
    }
}
