using TraceCap.Analyzer.Rolling;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Top;

/// <summary>What keys do: the one table of them, which the help shows too.</summary>
/// <param name="state">What they change.</param>
/// <param name="steps">How time is cut.</param>
/// <param name="pace">How recorded time passes; null where it passes by itself.</param>
internal sealed class TopKeys(TopState state, RollingSteps steps, TopPace? pace)
{
    /// <summary>As many rows as are seen at once.</summary>
    internal int Page { get; set; } = 1;

    /// <summary>Whether the end was asked for.</summary>
    internal bool IsEnd { get; private set; }

    /// <summary>The keys, and what each does.</summary>
    internal static IReadOnlyList<(string Keys, string Meaning)> Help { get; } =
    [
        ("Tab, 1 2 3", "what rows are of: services, processes, peers"),
        ("< > or arrows", "sort by the column to the left or right"),
        ("o n f c p b", "sort by open, new, failed, closed, p99 or bytes"),
        ("r", "the other way round"),
        ("/", "only names that have this in them; Enter keeps it, Esc takes it away"),
        ("Space or P", "pause, and go on"),
        (". or s", "one table further, while it is paused"),
        ("[ ]", "recorded time at half, at twice the speed"),
        ("+ -", "more, less time from one table to the next"),
        ("Up Down PgUp PgDn Home End", "other rows"),
        ("? or h", "this help"),
        ("q or Ctrl-C", "the end"),
    ];

    /// <summary>Does what a key is for.</summary>
    internal void Press(string key)
    {
        if (key == KeyReader.Interrupt)
        {
            IsEnd = true;
        }
        else if (state.FilterBefore is not null)
        {
            Type(key);
        }
        else if (state.IsHelp)
        {
            state.IsHelp = false;
        }
        else
        {
            Do(key);
        }
    }

    private void Type(string key)
    {
        state.Offset = 0;
        switch (key)
        {
            case KeyReader.Enter:
                state.FilterBefore = null;
                break;
            case KeyReader.Escape:
                (state.Filter, state.FilterBefore) = ("", null);
                break;
            case KeyReader.Clear:
                state.Filter = "";
                break;
            case KeyReader.Backspace:
                state.Filter = state.Filter.Length == 0 ? "" : state.Filter[..^(char.IsLowSurrogate(state.Filter[^1]) && state.Filter.Length > 1 ? 2 : 1)];
                break;
            default:
                state.Filter += key.Length == 1 ? key[0] >= ' ' ? key : "" : char.IsHighSurrogate(key[0]) ? key : "";
                break;
        }
    }

    private void Do(string key)
    {
        switch (key)
        {
            case "q" or "Q":
                IsEnd = true;
                break;
            case "?" or "h":
                state.IsHelp = true;
                break;
            case "/":
                state.FilterBefore = state.Filter;
                break;
            case KeyReader.Escape:
                state.Filter = "";
                break;
            case KeyReader.Tab or KeyReader.BackTab:
                Group(state.Grouping + (key == KeyReader.Tab ? 1 : -1));
                break;
            case [>= '1' and <= '9' and var digit] when digit - '1' < (state.Table?.Groups.Count ?? 0):
                Group(digit - '1');
                break;
            case "<" or "," or KeyReader.Left:
                Sort(-1);
                break;
            case ">" or KeyReader.Right:
                Sort(1);
                break;
            case "o" or "n" or "f" or "c" or "p" or "b":
                Sort(RollingColumn.All.First(column => column.Name == (key == "p" ? "connect.p99" : column.Name) && (key == "p" || column.Name.StartsWith(key, StringComparison.Ordinal))));
                break;
            case "r":
                state.Order = state.Order with { IsReversed = !state.Order.IsReversed };
                break;
            default:
                Pass(key);
                break;
        }
    }

    /// <summary>Keys for time, and for the rows that are seen.</summary>
    private void Pass(string key)
    {
        switch (key)
        {
            case " " or "P":
                state.IsPaused = !state.IsPaused;
                if (pace is not null)
                {
                    pace.IsPaused = state.IsPaused;
                }

                break;
            case "." or "s" when state.IsPaused:
                pace?.Step();
                break;
            case "]" or "[" when pace is not null:
                pace.Speed = key == "]" ? pace.Speed.Faster() : pace.Speed.Slower();
                state.Speed = pace.Speed;
                break;
            case "+" or "=":
                state.Step = Lengths().FirstOrDefault(length => length > state.Step, state.Step);
                break;
            case "-":
                state.Step = Lengths().LastOrDefault(length => length < state.Step, state.Step);
                break;
            case KeyReader.Up:
                state.Offset--;
                break;
            case KeyReader.Down:
                state.Offset++;
                break;
            case KeyReader.PageUp:
                state.Offset -= Page;
                break;
            case KeyReader.PageDown:
                state.Offset += Page;
                break;
            case KeyReader.Home:
                state.Offset = 0;
                break;
            case KeyReader.End:
                state.Offset = int.MaxValue;
                break;
        }

        state.Offset = Math.Clamp(state.Offset, 0, Math.Max(0, state.Rows.Count - Page));
    }

    private void Group(int number)
    {
        var count = state.Table?.Groups.Count ?? 1;
        (state.Grouping, state.Offset) = (((number % count) + count) % count, 0);
    }

    private void Sort(int by)
    {
        var columns = RollingColumn.All.ToList();
        Sort(columns[Math.Clamp(columns.IndexOf(state.Order.Column) + by, 0, columns.Count - 1)]);
    }

    private void Sort(RollingColumn column) => (state.Order, state.Offset) = (new RollingOrder(column, IsReversed: false), 0);

    /// <summary>The lengths of steps that one can choose, in cells: those of people, as far as they are whole cells.</summary>
    private IEnumerable<int> Lengths()
    {
        long[] seconds = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 3_600_000];
        return seconds.Select(milliseconds => milliseconds * 1_000_000)
            .Where(length => length % steps.Cell == 0 && length / steps.Cell <= int.MaxValue)
            .Select(length => (int)(length / steps.Cell)).Append(steps.Step).Append(1).Distinct().Order();
    }
}
