using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>What a person sees at a terminal: colours, and tables that fit.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private const string Failed = "\e[1;31m";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Tables =>
    [
        "replay traffic.tcap --all", "replay traffic.tcap -t --all --style libbpf", "replay ends.tcap -T --precision us -v -U --all", "lifetimes traffic.tcap",
        "lifetimes ends.tcap -T -t", "lifetimes traffic.tcap --fields all", "summary traffic.tcap", "summary traffic.tcap --by service", "churn nginx.tcap --every 20ms",
        "churn lossy.tcap --by service", "top incident.tcap -b", "diff traffic.tcap ends.tcap", "check traffic.tcap --expect failed==0", "fields", "help", "help churn",
    ];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("replay traffic.tcap --all")]
    [InlineData("lifetimes traffic.tcap")]
    [InlineData("summary traffic.tcap")]
    [InlineData("check traffic.tcap --expect failed==0")]
    [InlineData("info traffic.tcap")]
    [InlineData("lifetimes traffic.tcap --fields process,ending")]
    public void What_failed_stands_out_on_a_terminal_and_a_pipe_has_the_same_text(string command)
    {
        var seen = Shell.Terminal(200, $"tracecap {command}");
        var piped = Tracecap.Run(command.Split(' '));
        Assert.Equal(piped.Text, Code().Replace(seen, ""));
        Assert.Equal(!command.StartsWith("info", StringComparison.Ordinal), seen.Contains(Failed, StringComparison.Ordinal));
        Assert.DoesNotContain('\e', piped.Text);
        Assert.Equal(seen, Tracecap.Run([.. command.Split(' '), "--color", "always"]).Text);
    }

    [Theory]
    [InlineData("", true, false)]
    [InlineData("NO_COLOR=1", false, false)]
    [InlineData("NO_COLOR=", true, false)]
    [InlineData("TERM=dumb", false, false)]
    [InlineData("FORCE_COLOR=1", true, true)]
    [InlineData("CLICOLOR_FORCE=1", true, true)]
    [InlineData("CLICOLOR_FORCE=0", true, false)]
    [InlineData("FORCE_COLOR=0", false, false)]
    [InlineData("NO_COLOR=1 FORCE_COLOR=1", false, false)]
    [InlineData("TERM=dumb FORCE_COLOR=1", true, true)]
    public void The_environment_says_whether_there_are_colours_and_the_option_outweighs_it(string environment, bool onTerminal, bool inPipe)
    {
        bool HasColours(string line) => Shell.Terminal(100, $"env {environment} tracecap check traffic.tcap --expect failed==0 {line}").Contains(Failed, StringComparison.Ordinal);
        Assert.Equal((onTerminal, inPipe, true, false), (HasColours(""), HasColours("| cat"), HasColours("--color always | cat"), HasColours("--color never")));
    }

    [Fact]
    public void What_is_for_programs_or_for_a_file_has_no_colours()
    {
        foreach (var command in new[] { "replay traffic.tcap --all --json", "lifetimes traffic.tcap -s", "churn traffic.tcap --format markdown", "summary traffic.tcap --json", "replay traffic.tcap --all -o " + Path.Combine(folder, "rows.txt") })
        {
            Assert.DoesNotContain("\e[", Tracecap.Run([.. command.Split(' '), "--color", "always"]).Text, StringComparison.Ordinal);
        }

        Assert.Equal(Tracecap.Run("replay", "traffic.tcap", "--all").Text, File.ReadAllText(Path.Combine(folder, "rows.txt")));
    }

    [Fact]
    public void A_message_of_what_is_not_done_begins_with_a_colour()
    {
        Assert.StartsWith($"{Failed}tracecap:\e[0m no.tcap: no such file\n", Shell.Terminal(80, "tracecap info no.tcap"), StringComparison.Ordinal);
        Assert.StartsWith("tracecap: no.tcap: no such file\n", Shell.Terminal(80, "NO_COLOR=1 tracecap info no.tcap"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Tables_fit_terminals_of_40_to_200_columns_and_say_what_they_leave_out(string command)
    {
        foreach (var columns in new[] { 40, 80, 120, 200 })
        {
            var lines = Code().Replace(Shell.Terminal(columns, $"tracecap {command}"), "").Split('\n');
            // What may be copied, an example or a name in a sentence, is in one piece.
            Assert.All(lines.Where(line => !line.StartsWith("  tracecap ", StringComparison.Ordinal) && line.TrimStart().Contains(' ', StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, columns));
        }
    }

    [Fact]
    public void Columns_that_made_room_are_named_once()
    {
        var replay = Shell.Terminal(60, "tracecap replay traffic.tcap");
        Assert.EndsWith("\n(not shown at this width: SADDR, SPORT; --fields shows them)\n", replay, StringComparison.Ordinal);
        Assert.EndsWith("\n(not shown at this width: LADDR, LPORT; -w or --fields shows\nthem)\n", Shell.Terminal(60, "tracecap lifetimes traffic.tcap"), StringComparison.Ordinal);
        Assert.Contains("(not shown at this width: ", Shell.Terminal(40, "tracecap summary traffic.tcap"), StringComparison.Ordinal);
        foreach (var command in new[] { "replay", "lifetimes", "summary", "churn" })
        {
            Assert.DoesNotContain("not shown", Shell.Terminal(100, $"tracecap {command} traffic.tcap"), StringComparison.Ordinal);
            Assert.DoesNotContain("not shown", Shell.Terminal(40, $"tracecap {command} traffic.tcap | cat"), StringComparison.Ordinal);
        }

        Assert.Equal(replay, Shell.Terminal(100, "COLUMNS=60 tracecap replay traffic.tcap"));
    }

    [Fact]
    public void A_row_that_is_too_long_keeps_its_words()
    {
        var rows = Shell.Terminal(80, "tracecap lifetimes traffic.tcap --color never").Split('\n');
        Assert.Contains(rows, row => row.EndsWith(" failed ECONNREFUSED", StringComparison.Ordinal));
        Assert.Contains(Shell.Terminal(40, "tracecap replay traffic.tcap --all --color never").Split('\n'), row => row is ['F', .., '…'] or ['F', .., 'D']);
    }

    [Fact]
    public void Below_churn_stands_what_was_new_and_what_failed_in_a_line_each()
    {
        var seen = Shell.Terminal(80, "tracecap churn traffic.tcap --every 100ms --color never");
        Assert.Matches("\nnew       [▁▂▃▄▅▆▇█]{40}  max [0-9]+\nfailed    [▁▂▃▄▅▆▇█]{40}  max [0-9]+\n$", seen);
        Assert.Matches(@"\nnew       [_.:\-=+*#]{40}  max [0-9]+\nfailed    [_.:\-=+*#]{40}  max [0-9]+\n$", Shell.Terminal(80, "LC_ALL=C tracecap churn traffic.tcap --every 100ms --color never"));
        Assert.DoesNotContain("max", Tracecap.Run("churn", "traffic.tcap", "--every", "100ms").Text, StringComparison.Ordinal);
    }

    [GeneratedRegex("\e\\[[0-9;]*[mK]")]
    private static partial Regex Code();
}
