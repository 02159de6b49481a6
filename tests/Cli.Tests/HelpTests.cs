using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>What the help says is so.</summary>
[Collection(nameof(Alone))]
public sealed partial class HelpTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    /// <summary>But for <c>ship</c>, which takes a server: its examples are tested where there is one.</summary>
    public static TheoryData<string> Commands =>
        [.. CommandLine().Matches(Tracecap.Run("--help").Text.Split("\nRecord:\n")[1].Split("\nOptions:\n")[0]).Select(match => match.Groups[1].Value).Where(command => command != "ship")];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void There_are_commands() => Assert.InRange(Commands.Count, 18, int.MaxValue);

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_examples_of_a_command_work(string command)
    {
        var examples = Example().Matches(Tracecap.Run(command, "--help").Text.Split("Examples:\n")[1]).Select(match => match.Groups[1].Value).ToArray();
        Assert.InRange(examples.Length, 3, int.MaxValue);
        if (command is "record" or "trace" or "top")
        {
            LiveRecorder.SkipUnlessAllowed();
        }

        for (var number = 0; number < examples.Length; number++)
        {
            var place = Directory.CreateDirectory(Path.Combine(folder, number.ToString(System.Globalization.CultureInfo.InvariantCulture))).FullName;
            foreach (var (from, to) in new[] { ("nginx.tcap", "run.tcap"), ("traffic.tcap", "before.tcap"), ("nginx.tcap", "after.tcap"), ("tcptracer-example/events.ndjson", "events.ndjson") }
                .Where(_ => command != "record"))
            {
                File.Copy(Repository.File($"samples/captures/{from}"), Path.Combine(place, to));
            }

            // They would go on until Ctrl-C.
            var limited = Live().Replace(examples[number], live => live.Value + (live.Value.EndsWith("top", StringComparison.Ordinal) ? " -n 1" : " -d 0.2"));
            var result = Shell.Run($"cd {place}; set -o pipefail; {limited}");
            // What is expected of a capture, or of a host, may not hold.
            Assert.True(result.Code == 0 || (result.Code is 1 or 4 && command is "check" or "diff" or "probes"), $"{examples[number]}: {result.Code}: {result.Error}");
        }
    }

    [Theory]
    [InlineData("summary x", "--by")]
    [InlineData("plot churn x -o y.png", "--by")]
    [InlineData("plot churn x -o y.png", "--theme")]
    [InlineData("plot churn x -o y.png", "--format")]
    [InlineData("lifetimes x", "--sort")]
    [InlineData("replay x", "--style")]
    [InlineData("record -o x", "--probes")]
    [InlineData("record -o x", "--buffer")]
    [InlineData("record -o x", "--duration")]
    [InlineData("compact x -o y", "--chunk")]
    [InlineData("churn x", "--every")]
    public void The_help_of_an_option_says_what_its_error_says_is_expected(string command, string option)
    {
        var expected = Expected().Match(Tracecap.Run([.. command.Split(' '), option, "?"]).Error).Groups[1].Value;
        Assert.NotEmpty(expected);
        var help = Tracecap.Run(command.Split(' ')[0], "--help").Text.Split('\n').Single(line => Regex.IsMatch(line, $"(^| ){option} <"));
        Assert.EndsWith($"Expected: {expected}.", help, StringComparison.Ordinal);
    }

    /// <summary>Options stand in groups, in no order that a reader need follow: none is told by another one.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public void The_help_of_an_option_stands_alone(string command) =>
        Assert.DoesNotMatch(@"(?m)^  -.*  (The same|As that|Likewise|A key that)\b", Tracecap.Run(command, "--help").Text);

    [GeneratedRegex(@"^  ([a-z]+)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"^  (\S.*)$", RegexOptions.Multiline)]
    private static partial Regex Example();

    [GeneratedRegex(@"^tracecap (record|trace|top(?! run))\b")]
    private static partial Regex Live();

    [GeneratedRegex("expected (.*)")]
    private static partial Regex Expected();
}
