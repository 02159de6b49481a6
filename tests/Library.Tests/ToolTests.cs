using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;

namespace TraceCap.Library.Tests;

/// <summary>The program as it comes through NuGet, and as it comes for systems where .NET runs it.</summary>
[Collection(nameof(Packaged))]
public sealed class ToolTests(PackageFeed feed)
{
    private const int Nobody = 65534;

    /// <summary>Installed by one line, it records a connection that happens now, and reads what it has recorded.</summary>
    [Fact]
    public void The_tool_records_replays_draws_and_queries()
    {
        feed.SkipUnlessMade();
        var folder = feed.Folder("tool");
        feed.Run(folder, "tool", "install", "--tool-path", folder, "--version", PackageFeed.Version, "tracecap");
        var tool = Path.Combine(folder, "tracecap");
        Assert.Equal((0, PackageFeed.Version), Programs.Run(folder, [tool, "--version"]) is var (exitCode, version) ? (exitCode, version.Trim()) : default);
        var (code, said) = Programs.Run(folder, [tool, "probes"]);
        Assert.SkipUnless(code == 0, said);

        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        using var recorder = Process.Start(new ProcessStartInfo(tool, ["record", "-o", "run.tcap", "--port", $"{port}", "-n", "1"])
        {
            WorkingDirectory = folder,
            RedirectStandardError = true,
        })!;
        var line = "";
        for (said = ""; line is not null && !said.Contains("recording to", StringComparison.Ordinal); said += line)
        {
            line = recorder.StandardError.ReadLine();
        }

        Assert.NotNull(line);
        using (var client = new TcpClient(AddressFamily.InterNetwork))
        {
            client.Connect(IPAddress.Loopback, port);
            said += recorder.StandardError.ReadToEnd();
            recorder.WaitForExit();
        }

        Assert.True(recorder.ExitCode == 0, said);
        Assert.Matches($@"127\.0\.0\.1 .* {port} *\n", Tool("replay", "run.tcap"));
        Tool("plot", "lifetime", "run.tcap", "-o", "life.png");
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(Path.Combine(folder, "life.png"))[1..4]);
        Assert.Contains("true", Tool("query", "select count(*) > 0 from events('run.tcap')"), StringComparison.Ordinal);

        string Tool(params string[] arguments)
        {
            var (exit, output) = Programs.Run(folder, [tool, .. arguments]);
            Assert.True(exit == 0, output);
            return output;
        }
    }

    /// <summary>What a user of Windows unpacks, here run by .NET for somebody who may nothing, with no library of Linux but those that draw.</summary>
    [Fact]
    public void What_runs_on_Windows_reads_captures_for_anyone()
    {
        feed.SkipUnlessMade();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "it takes root to become nobody");
        var folder = feed.Folder("windows");
        ZipFile.ExtractToDirectory(Path.Combine(PackageFeed.Packages, $"tracecap-{PackageFeed.Version}-win-x64.zip"), folder);
        var program = Path.Combine(folder, "tracecap-win-x64", "tracecap.dll");
        var drawing = Directory.CreateDirectory(Path.Combine(folder, "drawing")).FullName;
        foreach (var library in new[] { "libSkiaSharp.so", "libHarfBuzzSharp.so" })
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", library), Path.Combine(drawing, library));
        }

        var capture = Path.Combine(folder, "nginx.tcap");
        File.Copy(Repository.File("samples/captures/nginx.tcap"), capture);
        var work = Directory.CreateDirectory(Path.Combine(folder, "work")).FullName;
        Assert.Equal(0, Programs.Run(folder, ["chmod", "-R", "a+rwX", Path.GetDirectoryName(folder)!]).Code);

        Assert.Equal(File.ReadAllLines(Repository.File("samples/captures/nginx/replay-t.txt")).Length, Run("replay", capture, "-t").Split('\n').Length - 1);
        Assert.Contains("curl", Run("lifetimes", capture, "--limit", "10"), StringComparison.Ordinal);
        Assert.Contains(" 9,000 ", Run("info", capture), StringComparison.Ordinal);
        Run("check", capture, "--expect", "failed == 0");
        Run("plot", "lifetime", capture, "-o", "life.png");
        Assert.Equal("PNG"u8.ToArray(), File.ReadAllBytes(Path.Combine(work, "life.png"))[1..4]);
        Run("report", capture, "-o", "report.html");
        Assert.Contains("<figure id=\"chart-lifetime\">", File.ReadAllText(Path.Combine(work, "report.html")), StringComparison.Ordinal);
        Run("compact", capture, "-o", "small.tcap");
        Assert.Equal("600\n", Programs.Run(work, ["stat", "-c", "%a", "small.tcap"]).Output);
        var (code, said) = Start("record", "-o", "run.tcap", "-d", "1");
        Assert.Equal(1, code);
        Assert.StartsWith("tracecap: ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", said, StringComparison.Ordinal);

        string Run(params string[] arguments)
        {
            var (exit, output) = Start(arguments);
            Assert.True(exit == 0, output);
            return output;
        }

        (int Code, string Output) Start(params string[] arguments) => Programs.Run(
            work,
            ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "dotnet", program, .. arguments],
            ("LD_LIBRARY_PATH", drawing),
            ("HOME", work));
    }
}
