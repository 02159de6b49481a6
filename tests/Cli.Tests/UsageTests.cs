using TraceCap.Analyzer.Findings;

namespace TraceCap.Cli.Tests;

public class UsageTests
{
    [Theory]
    [InlineData("record -o x -d 0", "tracecap: -d 0: expected a time above 0, such as 50us, 10ms, 1s, 5m or 1h; a number alone is seconds")]
    [InlineData("record -o x -d 1x", "tracecap: -d 1x: expected a time above 0, such as 50us, 10ms, 1s, 5m or 1h; a number alone is seconds")]
    [InlineData("record -o x -d 0s", "tracecap: -d 0s: expected a time above 0, such as 50us, 10ms, 1s, 5m or 1h; a number alone is seconds")]
    [InlineData("record -o x -u root,no-such", "tracecap: -u: there is no user 'no-such' on this host; expected a name or a number")]
    [InlineData("replay x -u alice", "tracecap: -u: a capture has users by their numbers, not 'alice'; expected what `id -u alice` says on its host, or root")]
    [InlineData("replay x -p 1,me", "tracecap: -p: expected a whole number from 1 to 4294967295, not 'me'")]
    [InlineData("replay x --port htpp", "tracecap: --port: 'htpp' is no port; did you mean http?")]
    [InlineData("record -o x -n 0", "tracecap: -n 0: expected a whole number from 1 to 18446744073709551615")]
    [InlineData("record -o x -p me", "tracecap: -p: expected a whole number from 1 to 4294967295, not 'me'")]
    [InlineData("record -o x --pid -1", "tracecap: --pid: expected a whole number from 1 to 4294967295, not '-1'")]
    [InlineData("record -o x -p 0", "tracecap: -p: expected a whole number from 1 to 4294967295, not '0'")]
    [InlineData("trace -N 0", "tracecap: -N: expected a whole number from 1 to 4294967295, not '0'")]
    [InlineData("record -o x --buffer 8MiBB", "tracecap: --buffer 8MiBB: expected a power of two from 4K to 1G, such as 512K, 8M or 64M")]
    [InlineData("record -o ", "tracecap: -o: the name is empty; expected that of a file, or -")]
    [InlineData("replay ", "tracecap: FILE: the name is empty; expected that of a file, or -")]
    [InlineData("info ", "tracecap: FILE: the name is empty; expected that of a file, or -")]
    [InlineData("lifetimes ", "tracecap: FILE: the name is empty; expected that of a file, or -")]
    [InlineData("import -o x ", "tracecap: FILE: the name is empty; expected that of a file, or -")]
    [InlineData("record -o x --buffer 8Q", "tracecap: --buffer 8Q: expected a power of two from 4K to 1G, such as 512K, 8M or 64M")]
    [InlineData("record -o x --buffer 3M", "tracecap: --buffer 3M: expected a power of two from 4K to 1G, such as 512K, 8M or 64M")]
    [InlineData("record -o x -4 -6", "tracecap: -4 and -6 exclude each other; without either, both are meant")]
    [InlineData("record -o x%q", "tracecap: -o: '%q' means nothing here; expected %h (host), %t (time), %n (number) or %% (a percent sign)")]
    [InlineData("record -o x --rotate-size 1M", "tracecap: --rotate-size makes several files: -o needs %n (number) or %t (time) in the name, such as run-%n.tcap")]
    [InlineData("record -o - --rotate-every 1h", "tracecap: --rotate-every makes several files: -o needs %n (number) or %t (time) in the name, such as run-%n.tcap")]
    [InlineData("record -o - --on-rotate gzip", "tracecap: --on-rotate is for files; -o - makes none")]
    [InlineData("record -o x%n --on-rotate ", "tracecap: --on-rotate: the command is empty; expected a program and its arguments, such as 'gzip -9'")]
    [InlineData("record -o x%n --flight 3s --on-rotate ", "tracecap: --on-rotate: the command is empty; expected a program and its arguments, such as 'gzip -9'")]
    [InlineData("record -o x%n --on-rotate /no/such", "tracecap: --on-rotate: there is no program /no/such that can be run")]
    [InlineData("record -o x%n --on-rotate no-such", "tracecap: --on-rotate: there is no program no-such that can be run in PATH")]
    [InlineData("record -o x%n --on-rotate nginx.tcap", "tracecap: --on-rotate: there is no program nginx.tcap that can be run in PATH")]
    [InlineData("record -o x%n --on-rotate ./nginx.tcap", "tracecap: --on-rotate: there is no program ./nginx.tcap that can be run")]
    [InlineData("record -o x%n --rotate-size 1K", "tracecap: --rotate-size 1K: expected a size of 64K or more, such as 512K, 100M or 2G")]
    [InlineData("record -o x%n --rotate-every 1", "tracecap: --rotate-every 1: expected a time above 0, such as 50us, 10ms, 1s, 5m or 1h")]
    [InlineData("record -o x%n --rotate-every 10ms", "tracecap: --rotate-every: a file holds a second at least; give a time such as 30s, 15m or 1h")]
    [InlineData("record -o x%n --flight 3x", "tracecap: --flight: expected a time such as 10m, a size such as 64M, or both: 10m,64M")]
    [InlineData("record -o x --flight 3s", "tracecap: --flight makes several files: -o needs %n (number) or %t (time) in the name, such as run-%n.tcap")]
    [InlineData("record -o x%n --flight 3s --rotate-size 1M", "tracecap: --rotate-size is for a recording into files as it goes; --flight writes them when something happens")]
    [InlineData("record -o x%n --trigger closes>5/s", "tracecap: --trigger writes what --flight keeps; give --flight too, such as --flight 10m")]
    [InlineData("record -o x%n --flight 3s --trigger closes>5", "tracecap: --trigger: expected a period after the number, such as /s or /10s")]
    [InlineData("replay x --from 5 --to 1", "tracecap: --from and --to: expected a time to begin that is before the time to end")]
    [InlineData("summary - -", "tracecap: FILE: standard input can be read once only; - is there twice")]
    [InlineData("replay x --json -t", "tracecap: -t is for the table; --json has all there is")]
    [InlineData("replay x --port 80,x", "tracecap: --port: 'x' is no port; expected 0 to 65535, or a name of /etc/services such as http")]
    [InlineData("replay x --style ebpf", "tracecap: --style ebpf: expected bcc or libbpf")]
    [InlineData("replay x --all --compat", "tracecap: --all and --compat exclude each other: tcptracer shows none of FOE")]
    [InlineData("cut x", "tracecap: Option '-o' is required.")]
    [InlineData("cut x -o y --from now", "tracecap: --from: 'now' is no time; expected one such as 2026-01-31T23:59:59.5Z, 2026-01-31 or 2026-01-31 23:59 (UTC), 21:51:03 (of the day), 1.5 or 90m (since the capture begins), -5m (before it ends), 1795754994 (since 1970) or 3685182041524ns (the host's monotonic clock)")]
    [InlineData("replay x --port 65536", "tracecap: --port: '65536' is no port; expected 0 to 65535, or a name of /etc/services such as http")]
    [InlineData("info x --addr 10.0.0.1/8", "tracecap: --addr: '10.0.0.1/8' has bits set behind its length; expected 10.0.0.0/8")]
    [InlineData("cut x -o y --type Q", "tracecap: --type: 'Q' in 'Q' is no type of event; expected letters of CAXFOE")]
    [InlineData("cut x -o y --comm 1234567890123456", "tracecap: --comm: '1234567890123456' has 16 bytes; a thread's name has at most 15")]
    [InlineData("cut x -o y -4 -6", "tracecap: -4 and -6 exclude each other; without either, both are meant")]
    [InlineData("compact x -o y --chunk 1K", "tracecap: --chunk 1K: expected a size from 64K to 11M, such as 1M or 8M")]
    [InlineData("compact x -o y --chunk 12M", "tracecap: --chunk 12M: expected a size from 64K to 11M, such as 1M or 8M")]
    [InlineData("replay x --frobnicate", "tracecap: there is no option '--frobnicate'")]
    [InlineData("replay x --tim", "tracecap: there is no option '--tim'; did you mean --time or --timestamp?")]
    [InlineData("record -o x --dur 5", "tracecap: there is no option '--dur'; did you mean --duration?")]
    [InlineData("lifetimes x --srot rtt", "tracecap: there is no option '--srot'; did you mean --sort?")]
    [InlineData("probes --jsn", "tracecap: there is no option '--jsn'; did you mean --json?")]
    [InlineData("probes all", "tracecap: 'all' is one argument too many for probes")]
    [InlineData("cut x y -o z", "tracecap: 'y' is one argument too many for cut")]
    [InlineData("report x -o r.pdf", "tracecap: -o r.pdf: it would be a page of HTML; expected a name that ends in .html")]
    [InlineData("diff x y -o r.png", "tracecap: -o r.png: it would be a page of HTML; expected a name that ends in .html")]
    [InlineData("replay", "tracecap: Required argument 'FILE' missing for command: 'replay'.")]
    [InlineData("lifetimes x --min 5", "tracecap: --min 5: expected a time above 0, such as 50us, 10ms, 1s, 5m or 1h")]
    [InlineData("lifetimes x -L 80,x", "tracecap: -L: 'x' is no port; expected 0 to 65535, or a name of /etc/services such as http")]
    [InlineData("lifetimes x --limit 0", "tracecap: --limit 0: expected a whole number from 1 to 18446744073709551615")]
    [InlineData("lifetimes x --sort age", "tracecap: --sort: there is no field 'age'; expected one of ended, opened, lifetime, tx, rx, retransmits, rtt, connect, or another that tracecap fields lists")]
    [InlineData("lifetimes x -s --json", "tracecap: --csv and --json exclude each other")]
    [InlineData("lifetimes", "tracecap: Required argument 'FILE' missing for command: 'lifetimes'.")]
    [InlineData("churn x --every 0s", "tracecap: --every 0s: expected 100ns or a multiple of it, such as 50us, 10ms, 1s, 5m or 1h")]
    [InlineData("churn x --every 1ns", "tracecap: --every 1ns: expected 100ns or a multiple of it, such as 50us, 10ms, 1s, 5m or 1h")]
    [InlineData("summary x --by day", "tracecap: --by: there is no field 'day'; expected some of process, peer, service, port, errno, container, unit, cgroup, or others that tracecap fields lists, with commas between them")]
    [InlineData("summary x --by process,portt", "tracecap: --by: there is no field 'portt'; did you mean port?")]
    [InlineData("summary x --sort fialed", "tracecap: --sort: there is no metric 'fialed' of groups; did you mean failed?")]
    [InlineData("summary x --json --format csv", "tracecap: --json and --format exclude each other")]
    [InlineData("churn x --json --fields opened", "tracecap: --json and --fields exclude each other")]
    [InlineData("replay x --format xml", "tracecap: --format xml: expected one of bcc, libbpf, table, csv, tsv, json, ndjson, markdown")]
    [InlineData("replay x --format cvs", "tracecap: --format cvs: did you mean csv? expected one of bcc, libbpf, table, csv, tsv, json, ndjson, markdown")]
    [InlineData("summary x --color allways", "tracecap: --color allways: did you mean always? expected one of auto, always, never")]
    [InlineData("summary x --colour never", "tracecap: there is no option '--colour'; did you mean --color?")]
    [InlineData("summary x --by proces", "tracecap: --by: there is no field 'proces'; did you mean process?")]
    [InlineData("check x --expect fialed==0", "tracecap: --expect: there is no metric 'fialed'; did you mean failed?")]
    [InlineData("anonymize x -o y --random-key --keep com", "tracecap: --keep: 'com' is no kind of name; did you mean comm?")]
    [InlineData("replay x --fields tiem", "tracecap: --fields: there is no field 'tiem'; did you mean time?")]
    [InlineData("replay x --fields time -v", "tracecap: -v is for the tables of tcptracer; --fields says all that is shown")]
    [InlineData("replay x --utc --local", "tracecap: --utc and --local exclude each other")]
    [InlineData("lifetimes x --precision m", "tracecap: --precision m: expected one of s, ms, us, ns")]
    [InlineData("fields --of captures", "tracecap: --of captures: expected events or connections")]
    [InlineData("check x", "tracecap: Option '--expect' is required.")]
    [InlineData("diff x", "tracecap: Required argument 'AFTER' missing for command: 'diff'.")]
    [InlineData("diff x ", "tracecap: AFTER: the name is empty; expected that of a file, or -")]
    [InlineData("diff x y --json -o -", "tracecap: --json and -o - exclude each other: both go to standard output")]
    [InlineData("diff - -", "tracecap: BEFORE and AFTER are both -; only one of them can come from standard input")]
    [InlineData("rep", "tracecap: there is no command 'rep'; did you mean replay or report?")]
    [InlineData("repaly", "tracecap: there is no command 'repaly'; did you mean replay?")]
    [InlineData("help recrod", "tracecap: there is no command 'recrod'; did you mean record?")]
    [InlineData("[suggest] rep", "tracecap: there is no command 'rep'; did you mean replay or report?")]
    [InlineData("erase", "tracecap: there is no command 'erase'")]
    [InlineData("--versoin", "tracecap: there is no option '--versoin'; did you mean --version?")]
    [InlineData("-", "tracecap: standard input can be read once only, and is read twice without a command; name one, such as `tracecap summary -`")]
    [InlineData("nginx.tcap - --by peer", "tracecap: standard input can be read once only, and is read twice without a command; name one, such as `tracecap summary nginx.tcap - --by peer`")]
    [InlineData("nginx.tcap --by peer", "tracecap: without a command there are only the options that info and summary both have; name one, such as `tracecap summary nginx.tcap --by peer`")]
    [InlineData("nginx.tcap --fields all -w", "tracecap: without a command there are only the options that info and summary both have; name one, such as `tracecap lifetimes nginx.tcap --fields all -w`")]
    [InlineData("--by peer nginx.tcap", "tracecap: without a command there are only the options that info and summary both have; name one, such as `tracecap summary --by peer nginx.tcap`")]
    [InlineData("nginx.tcap replay -t", "tracecap: the command comes first: `tracecap replay nginx.tcap -t`")]
    [InlineData("- --frobnicate", "tracecap: there is no option '--frobnicate'")]
    public void A_wrong_command_line_is_told_in_one_line_and_ends_with_2(string arguments, string message)
    {
        var result = Tracecap.Run(arguments.Split(' '));

        Assert.Equal(2, result.Code);
        Assert.Empty(result.Output);
        Assert.Contains(message, result.Error.Split('\n'));
        Assert.Matches("Try `tracecap[a-z ]* --help`\\.\n$", result.Error);
    }

    [Fact]
    public void A_command_of_blanks_is_empty() =>
        Assert.Equal(2, Tracecap.Run("record", "-o", "x%n", "-d", "0.1", "--on-rotate", "   ").Code);

    [Fact]
    public void A_file_without_a_command_is_what_info_and_summary_say_of_it()
    {
        foreach (var arguments in new string[][] { ["traffic.tcap"], ["./traffic.tcap", "nginx.tcap", "--port", "20000,18080"] })
        {
            var (info, summary) = (Tracecap.Run(["info", .. arguments]), Tracecap.Run(["summary", .. arguments]));
            Assert.Equal(new(0, [.. info.Output, (byte)'\n', .. summary.Output], summary.Error), Tracecap.Run(arguments), Same);
        }

        Assert.Equal(new(1, [], "tracecap: no.tcap: no such file\n"), Tracecap.Run("no.tcap"), Same);
        Assert.Equal(2, Tracecap.Run("traffic.tcap", "--frobnicate").Code);
    }

    [Fact]
    public void Filters_take_several_values_and_names()
    {
        static string Rows(params string[] filters) => Tracecap.Run(["replay", "traffic.tcap", "--all", .. filters]).Text;
        Assert.Equal(Rows("-p", "11914", "-p", "11915"), Rows("-p", "11914,11915"));
        Assert.NotEqual(Rows("-p", "11914"), Rows("-p", "11914,11915"));
        Assert.Equal(Rows("-u", "0"), Rows("-u", "root"));
        Assert.Equal(Rows("--port", "20049,20100,80"), Rows("--port", "20049,20100", "--port", "http"));
        Assert.Equal(Rows("--where", "port in {80, 443}"), Rows("--where", "port in {http, https}"));
        Assert.Equal(
            Tracecap.Run("lifetimes", "nginx.tcap", "-D", "18080").Text, Tracecap.Run("lifetimes", "nginx.tcap", "-D", "ssh,18080").Text);
    }

    [Fact]
    public void Without_a_command_the_help_is_shown_and_it_ends_with_2()
    {
        var result = Tracecap.Run();

        Assert.Equal(2, result.Code);
        Assert.Contains("Record:", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HelpTests.Commands), MemberType = typeof(HelpTests))]
    public void Each_command_explains_itself(string command)
    {
        var result = Tracecap.Run(command, "--help");

        Assert.Equal(0, result.Code);
        Assert.Contains($"tracecap {command}", result.Text, StringComparison.Ordinal);
        Assert.Empty(result.Error);
        Assert.Equal(result, Tracecap.Run("help", command), Same);
    }

    [Fact]
    public void An_argument_that_begins_with_an_at_sign_is_what_it_says()
    {
        var result = Tracecap.Run("replay", "@foo");
        Assert.Equal((1, "tracecap: @foo: no such file\n"), (result.Code, result.Error));
    }

    [Fact]
    public void A_name_that_begins_with_a_dash_stands_after_two()
    {
        var result = Tracecap.Run("replay", "--", "-t");
        Assert.Equal((1, "tracecap: -t: no such file\n"), (result.Code, result.Error));
    }

    [Fact]
    public void A_name_that_is_not_UTF_8_is_refused_with_what_to_do()
    {
        var result = Shell.Run("tracecap replay $'\\xff.tcap'");
        Assert.Equal(2, result.Code);
        Assert.Contains("the name is not UTF-8; read it with `- < NAME`, write it with `-o - > NAME`", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_errors_of_one_cause_are_told_once() =>
        Assert.Equal("tracecap: there is no command 'repaly'; did you mean replay?\nTry `tracecap --help`.\n", Tracecap.Run("repaly", "x", "-t").Error);

    [Fact]
    public void The_help_of_summary_lists_what_it_looks_for()
    {
        var help = Tracecap.Run("summary", "--help").Text;
        Assert.All(FindingRule.All, rule => Assert.Contains($"  {rule.Name,-11}  {rule.Condition}\n", help, StringComparison.Ordinal));
        Assert.DoesNotContain("Findings:", Tracecap.Run("check", "--help").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_tells_its_version()
    {
        var result = Tracecap.Run("--version");

        Assert.Equal(0, result.Code);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", result.Text);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("info")]
    [InlineData("verify")]
    [InlineData("lifetimes")]
    [InlineData("churn")]
    [InlineData("summary")]
    public void A_file_that_is_not_there_or_no_capture_is_told_and_ends_with_1(string command)
    {
        Assert.Equal(new(1, [], "tracecap: no.tcap: no such file\n"), Tracecap.Run(command, "no.tcap"), Same);
        Assert.Equal(new(1, [], "tracecap: .: a folder, not a capture; name the files in it, such as ./*.tcap\n"), Tracecap.Run(command, "."), Same);
        var notACapture = Tracecap.Run("\0\u0001\u0002\u0003\u0004"u8.ToArray(), command, "-");
        Assert.Equal(1, notACapture.Code);
        Assert.StartsWith("tracecap: standard input: not a capture: none of its 5 bytes begin a block of one", notACapture.Error, StringComparison.Ordinal);
    }

    private static bool Same(Tracecap.Result one, Tracecap.Result other) =>
        (one.Code, one.Text, one.Error) == (other.Code, other.Text, other.Error);
}
