namespace TraceCap.Analyzer.Rolling;

/// <summary>How time is cut: figures are counted by cells, a window is some of them, and so is the step from one table to the next.</summary>
/// <param name="Cell">The length of a cell in nanoseconds.</param>
/// <param name="Window">The cells of a window.</param>
/// <param name="Step">The cells from one table to the next, at first.</param>
internal readonly record struct RollingSteps(long Cell, int Window, int Step)
{
    /// <summary>A window has at most so many cells: memory goes by them.</summary>
    internal const int MostCells = 1000;

    /// <summary>A step may be made as short as this, in nanoseconds, where the cells stay few.</summary>
    private const long Fine = 250_000_000;

    /// <summary>Cuts time so that windows and steps are whole cells.</summary>
    /// <param name="window">The length of a window in nanoseconds; above 0.</param>
    /// <param name="step">The length of a step in nanoseconds; above 0.</param>
    /// <exception cref="FormatException">They have no common measure that is long enough.</exception>
    internal static RollingSteps Of(long window, long step)
    {
        var common = Common(window, step);
        var fine = Common(common, Fine);
        var cell = window / fine <= MostCells && step / fine <= int.MaxValue ? fine : common;
        return window / cell <= MostCells && step / cell <= int.MaxValue
            ? new RollingSteps(cell, (int)(window / cell), (int)(step / cell))
            : throw new FormatException(FormattableString.Invariant(
                $"a window is counted in at most {MostCells} parts, and each step is some of them; expected a step of which the window is up to {MostCells} times as long"));
    }

    private static long Common(long one, long other)
    {
        while (other != 0)
        {
            (one, other) = (other, one % other);
        }

        return one;
    }
}
