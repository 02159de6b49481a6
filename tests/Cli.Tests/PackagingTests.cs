using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary>What is shipped beside the executable works with it.</summary>
[Collection(nameof(Alone))]
public sealed partial class PackagingTests : IDisposable
{
    private static readonly string Unit = Repository.File("packaging/tracecap.service");

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_command_of_the_unit_records()
    {
        LiveRecorder.SkipUnlessAllowed();
        var command = ExecStart().Match(File.ReadAllText(Unit)).Groups[1].Value;
        Assert.NotEmpty(command);
        // What systemd makes of it: %H is the host, %% a percent sign.
        var arguments = command.Replace("%H", "host", StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal)
            .Replace("/var/lib/tracecap", folder, StringComparison.Ordinal);
        var result = Tracecap.Run([.. arguments.Split(' '), "-d", "0.1"]);

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Matches(@"^host-\d{8}T\d{6}Z-000001\.tcap$", Path.GetFileName(Assert.Single(Directory.GetFiles(folder))));
    }

    [Fact]
    public void The_unit_waits_until_it_records_and_looks_whether_it_still_does()
    {
        var lines = File.ReadAllLines(Unit);
        Assert.Contains("Type=notify", lines);
        Assert.Contains(lines, line => line.StartsWith("WatchdogSec=", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("RestrictAddressFamilies=", StringComparison.Ordinal) && line.Contains("AF_UNIX", StringComparison.Ordinal));
    }

    [Fact]
    public void The_unit_exposes_little()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed");
        using var analyze = Process.Start(new ProcessStartInfo(
            "systemd-analyze", ["security", "--offline=true", "--no-pager", Unit])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = analyze.StandardOutput.ReadToEnd();
        analyze.WaitForExit();

        Assert.DoesNotContain("nknown", analyze.StandardError.ReadToEnd(), StringComparison.Ordinal);
        var exposure = double.Parse(Exposure().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(exposure, 0, 1.9);
    }

    [GeneratedRegex(@"^ExecStart=\S+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex ExecStart();

    [GeneratedRegex(@"Overall exposure level for \S+: ([\d.]+)")]
    private static partial Regex Exposure();
}
