using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace TraceCap.Format.Tests.Conformance;

/// <summary>The reader in Python, which was written from the specification alone, finds what ours does.</summary>
public class SecondReaderTests
{
    private const string Python = "/usr/bin/python3";

    [Theory]
    [InlineData("tests/conformance")]
    [InlineData("samples/captures")]
    public void The_second_reader_finds_the_same(string folder)
    {
        Assert.SkipUnless(CanRun(), "needs Debian's python3, python3-lz4 and python3-xxhash");
        var files = Directory.GetFiles(Repository.File(folder), "*.tcap").Order(StringComparer.Ordinal).ToArray();
        var (exit, output) = Run([Repository.File("tests/conformance/reader.py"), .. files]);
        Assert.Equal(0, exit);
        var found = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Length, found.Length);
        foreach (var (file, line) in files.Zip(found))
        {
            var expected = ConformanceJson.Format(ConformanceJson.Read(File.ReadAllBytes(file)));
            Assert.True(expected == ConformanceJson.Format(JsonNode.Parse(line)!), $"{Path.GetFileName(file)} is read differently");
        }
    }

    private static bool CanRun() => File.Exists(Python) && Run(["-c", "import lz4.block, xxhash"]).Exit == 0;

    private static (int Exit, string Output) Run(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
