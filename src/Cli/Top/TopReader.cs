using System.Diagnostics;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Rolling;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Top;

/// <summary>Reads a source from its beginning to its end, and gives table after table, each when it is time.</summary>
/// <param name="source">What is read.</param>
/// <param name="filter">Which connections.</param>
/// <param name="window">Counts them.</param>
/// <param name="pace">Says when it is time.</param>
/// <param name="isEach">Whether each table is wanted; if not, those that nobody would see are passed over.</param>
internal sealed class TopReader(TopSource source, ConnectionFilter filter, RollingWindow window, TopPace pace, bool isEach)
{
    /// <summary>So soon after one table another would not be seen.</summary>
    private static readonly TimeSpan seen = TimeSpan.FromMilliseconds(80);

    private readonly Stopwatch shown = new();
    private int asked;

    /// <summary>The cells of a step from now on; 0: as before. May be set on any thread.</summary>
    internal int Step
    {
        set => Volatile.Write(ref asked, value);
    }

    /// <summary>Reads all.</summary>
    /// <param name="show">Gets each table; false: no more is wanted.</param>
    /// <exception cref="OperationCanceledException">It was ended, by the pace or as no more was wanted.</exception>
    internal ExitCode Run(Func<RollingTable, bool> show)
    {
        var feed = new ConnectionFeed(window, filter);
        var run = new RollingRun(window, feed);
        var code = source.Read(feed, () => Show(run, show, isEnd: false));
        run.End();
        Show(run, show, isEnd: true);
        if (run.TakeLast() is { } last)
        {
            pace.Await(last.Elapsed);
            show(last);
        }

        return code;
    }

    private void Show(RollingRun run, Func<RollingTable, bool> show, bool isEnd)
    {
        while (run.Due > 0)
        {
            if (isEach && run.Due > TooManyIntervalsException.Most)
            {
                throw new CommandException(FormattableString.Invariant(
                    $"{run.Due:N0} tables are due at once, for so long nothing was recorded in between; expected at most {TooManyIntervalsException.Most:N0}: give a longer -d"));
            }

            if (Interlocked.Exchange(ref asked, 0) is > 0 and var step && step != run.Step)
            {
                run.StepBy(step);
                continue;
            }

            if (!isEach && (source.IsLive || pace.IsFree))
            {
                if (shown.IsRunning && shown.Elapsed < seen && !isEnd)
                {
                    return;
                }

                run.Skip();
            }

            if (!source.IsLive)
            {
                pace.Await(run.NextElapsed);
            }

            shown.Restart();
            if (!show(run.Take()))
            {
                throw new OperationCanceledException();
            }
        }
    }
}
