using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>The screen of <c>top</c>, as tmux sees it.</summary>
[Collection(nameof(Alone))]
public sealed partial class TopScreenTests : IDisposable
{
    private const string Capture = "incident.tcap";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;
    private readonly List<Terminal> terminals = [];

    public void Dispose()
    {
        terminals.ForEach(terminal => terminal.Dispose());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Keys_sort_group_filter_and_give_the_terminal_back()
    {
        var terminal = Open(80, 20);
        terminal.Type($"tracecap top {Capture} --speed max");
        // Services, the busiest first; at 80 columns those that have no room are named.
        var screen = terminal.Await("END");
        Assert.Equal(["10.77.0.2:5432", "10.77.0.2:9000", "10.77.0.2:25"], Names(screen)[..3]);
        Assert.Contains("no events lost", screen[2], StringComparison.Ordinal);
        Assert.Contains("! 10.77.0.2:25 ", string.Join('\n', screen), StringComparison.Ordinal);
        Assert.Contains("(no room for connect.p50 reset accepted opened sent received)", screen[^1], StringComparison.Ordinal);
        Assert.All(screen, line => Assert.InRange(line.Length, 0, 80));

        terminal.Key("f");
        Assert.Equal("10.77.0.2:25", Names(terminal.Await("▼FAILED/S"))[0]);
        terminal.Key("r");
        Assert.Equal("10.77.0.2:25", Names(terminal.Await("▲FAILED/S"))[^1]);
        terminal.Key("Tab");
        Assert.Contains("mailer", Names(terminal.Await("  PROCESS ")));
        terminal.Key("/", "b", "a", "c");
        Assert.Equal(["backup"], Names(terminal.Await("/bac_")));
        terminal.Key("BSpace", "Enter");
        Assert.Equal(["backup"], Names(terminal.Await(line => line.EndsWith("/ba", StringComparison.Ordinal))));
        terminal.Key("Escape");
        Assert.Equal(5, Names(terminal.Await("1-5 of 5")).Length);
        terminal.Key("?");
        terminal.Await("the end");
        terminal.Key("x");
        terminal.Await("  PROCESS ");
        terminal.Key("q");
        AssertGivenBack(terminal);
    }

    [Fact]
    public void Time_passes_as_it_was_recorded_and_stops_steps_and_hurries()
    {
        var terminal = Open(80, 20);
        terminal.Type($"tracecap top {Capture}");
        terminal.Await("+1.0 s");
        terminal.Key("Space");
        var paused = Elapsed(terminal.Await("PAUSED"));
        for (var step = 1; step < 4; step++)
        {
            terminal.Key(".");
            terminal.Await($"+{paused + step}.0 s");
        }

        terminal.Key("+");
        terminal.Await("every 2 s");
        terminal.Key("-", "-");
        terminal.Await("every 500 ms");
        // 1x, 2x, 4x, ... max
        terminal.Key([.. Enumerable.Repeat("]", 11), "Space"]);
        terminal.Await("END");
        terminal.Key("C-c");
        AssertGivenBack(terminal);

        static int Elapsed(string[] screen) => (int)double.Parse(screen[0].Split('+')[1].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void It_fits_any_width_and_another_one_while_it_runs()
    {
        var terminal = Open(40, 12);
        terminal.Type($"tracecap top {Capture} --speed max");
        var narrow = terminal.Await("services");
        narrow = terminal.Await("END");
        Assert.All(narrow, line => Assert.InRange(line.Length, 0, 40));
        Assert.DoesNotContain("…", string.Join('\n', narrow), StringComparison.Ordinal);
        Assert.Equal(
            [
                "vm  2026-11-27 15:10:00.5Z  +25.0 s  END",
                "0 open; in all 325 opened, 331 failed",
                "no events lost",
                "rates of the last 9.79 s",
            ],
            narrow[..4].Select(line => line.TrimEnd()));
        Assert.Equal("10.77.0.2:5432", Names(narrow)[0]);
        Assert.Contains("(10 columns hidden)", narrow[^1], StringComparison.Ordinal);
        terminal.Key("?");
        Assert.Contains("  < > or arrows: sort by the column to", terminal.Await("    the left or right"));
        terminal.Key("x");
        terminal.Resize(200, 30);
        var wide = terminal.Await("RECV/S");
        Assert.DoesNotContain("no room", string.Join('\n', wide), StringComparison.Ordinal);
        terminal.Resize(40, 8);
        Assert.DoesNotContain("RECV/S", string.Join('\n', terminal.Await("1-3 of")), StringComparison.Ordinal);
        terminal.Key("Down");
        terminal.Await("2-4 of");
        terminal.Key("q");
        AssertGivenBack(terminal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("INT")]
    public void A_signal_gives_the_terminal_back(string signal)
    {
        var terminal = Open(80, 20);
        terminal.Type($"tracecap top {Capture} & top=$!; fg >/dev/null");
        terminal.Await("+1.0 s");
        terminal.Signal(signal);
        AssertGivenBack(terminal);
    }

    /// <summary>What is no capture fails on the thread that reads, while the screen is full.</summary>
    [Fact]
    public void An_error_gives_the_terminal_back_and_is_told()
    {
        File.WriteAllText(Path.Combine(folder, "no.tcap"), "no capture");
        var terminal = Open(100, 20);
        terminal.Type($"tracecap top {folder}/no.tcap");
        terminal.Await(line => line.StartsWith("tracecap: ", StringComparison.Ordinal) && line.Contains("not a capture", StringComparison.Ordinal));
        AssertGivenBack(terminal, code: 1);
    }

    [Fact]
    public void What_is_piped_in_leaves_the_keyboard_to_the_screen()
    {
        var terminal = Open(80, 20);
        terminal.Type($"cat {Capture} | tracecap top - --speed max");
        terminal.Await("END");
        terminal.Key("Tab");
        terminal.Await("  PROCESS ");
        terminal.Key("q");
        AssertGivenBack(terminal);
    }

    [Fact]
    public void Hostile_names_move_nothing()
    {
        var path = Path.Combine(folder, "hostile.tcap");
        using (var file = File.Create(path))
        {
            var writer = new CaptureWriter(file, new CaptureHeader { Host = "\u001b[31m\u001b]0;title\a", Start = new ClockAnchor(0, 0, 0) });
            writer.Append(new TcpEvent { Type = TcpEventType.Connect, Timestamp = 1, Connection = 1, IpVersion = 4, LocalPort = 1, PeerPort = 80, Comm = new ThreadName("\u001b[2J\r\n\a"), Pid = 1 });
            writer.Complete("end of test", null);
        }

        var terminal = Open(100, 20);
        terminal.Type($"tracecap top {path} --by process --speed max");
        var screen = terminal.Await("END");
        Assert.Contains("\\x1b[2J", string.Join('\n', screen), StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("tracecap top \\u001b[31m", screen[0], StringComparison.Ordinal);
        terminal.Key("q");
        AssertGivenBack(terminal);
    }

    [Fact]
    public void Without_colours_it_says_the_same()
    {
        var terminal = Open(80, 20);
        terminal.Type($"NO_COLOR=1 tracecap top {Capture} --speed max");
        terminal.Await("END");
        Assert.DoesNotMatch(Colour(), terminal.Raw());
        terminal.Key("q");
        AssertGivenBack(terminal);
        terminal.Type($"tracecap top {Capture} --speed max");
        terminal.Await("END");
        Assert.Matches(Colour(), terminal.Raw());
        terminal.Key("q");
        AssertGivenBack(terminal);
    }

    private Terminal Open(int columns, int rows)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/tmux"), "there is no tmux");
        var terminal = new Terminal(Path.Combine(folder, $"tmux{terminals.Count}"), columns, rows);
        terminals.Add(terminal);
        return terminal;
    }

    /// <summary>What was there before is there again, the cursor too, and lines are edited as before.</summary>
    private static void AssertGivenBack(Terminal terminal, int code = 0)
    {
        terminal.Await("before");
        // What is typed before the shell asks for it may be thrown away with what top did not read.
        terminal.Await(line => line.TrimEnd() == "$");
        terminal.Type("echo code $? $(stty -a | grep -o -w -e '-\\?icanon' -e '-\\?echo' | tr '\\n' ' ')");
        var after = terminal.Await(line => line.StartsWith("code ", StringComparison.Ordinal));
        Assert.Contains($"code {code} icanon echo", string.Join('\n', after), StringComparison.Ordinal);
        Assert.Equal("1 0", terminal.Ask("#{cursor_flag} #{alternate_on}"));
    }

    [GeneratedRegex("\u001b\\[([0-9;]*;)?(3[0-8]|9[0-7])[;m]")]
    private static partial Regex Colour();

    /// <summary>The names of the groups, from top to bottom.</summary>
    private static string[] Names(string[] screen) =>
        [.. screen.SkipWhile(line => !line.Contains("NEW/S", StringComparison.Ordinal)).Skip(1).SkipLast(1)
            .Where(line => line.Length > 2).Select(line => line[2..].Split(' ')[0])];

    /// <summary>A shell in a terminal of its own.</summary>
    private sealed class Terminal : IDisposable
    {
        private static readonly TimeSpan patience = TimeSpan.FromSeconds(30);

        private readonly string socket;

        internal Terminal(string socket, int columns, int rows)
        {
            this.socket = socket;
            Run("-f", "/dev/null", "new-session", "-d", "-x", Text(columns), "-y", Text(rows), "env", "-u", "NO_COLOR", $"PATH={Path.GetDirectoryName(Tracecap.Path)}:/usr/bin:/bin", "LC_ALL=C.UTF-8", "PS1=$ ", "bash", "--norc", "--noprofile", "-i");
            Type($"cd {Repository.File("samples/captures")}; clear; echo before");
            Await("before");
        }

        public void Dispose() => Run("kill-server");

        internal void Type(string line) => Run("send-keys", "-l", line + "\n");

        internal void Key(params string[] keys) => Run(["send-keys", .. keys]);

        internal void Resize(int columns, int rows) => Run("resize-window", "-x", Text(columns), "-y", Text(rows));

        internal string Raw() => Run("capture-pane", "-p", "-e");

        internal string Ask(string format) => Run("display-message", "-p", format).TrimEnd();

        /// <summary>Has a signal sent to what runs in it.</summary>
        internal void Signal(string signal)
        {
            var shell = Ask("#{pane_pid}");
            var child = File.ReadAllText($"/proc/{shell}/task/{shell}/children").Trim();
            Process.Start("/bin/kill", [$"-{signal}", child]).WaitForExit();
        }

        internal string[] Await(string text) => Await(line => line.Contains(text, StringComparison.Ordinal));

        /// <summary>Looks until there is such a line.</summary>
        internal string[] Await(Predicate<string> isThere)
        {
            var watch = Stopwatch.StartNew();
            while (true)
            {
                string[] screen = [.. Run("capture-pane", "-p").TrimEnd('\n').Split('\n')];
                if (Array.Exists(screen, isThere))
                {
                    return screen;
                }

                Assert.True(watch.Elapsed < patience, string.Join('\n', screen));
            }
        }

        private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

        private string Run(params string[] arguments)
        {
            using var tmux = Process.Start(new ProcessStartInfo("/usr/bin/tmux", ["-S", socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = tmux.StandardError.ReadToEndAsync();
            var output = tmux.StandardOutput.ReadToEnd();
            tmux.WaitForExit();
            return tmux.ExitCode == 0 || arguments is ["kill-server"] ? output : throw new InvalidOperationException(error.Result);
        }
    }
}
