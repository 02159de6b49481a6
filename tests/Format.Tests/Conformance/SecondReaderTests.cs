using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using TraceCap.Format.Tests.Fuzzing;

namespace TraceCap.Format.Tests.Conformance;

/// <summary>The reader in Python, which was written from the specification alone, finds what ours does.</summary>
public class SecondReaderTests
{
    private const string Python = "/usr/bin/python3";

    [Theory]
    [InlineData("tests/conformance")]
    [InlineData("samples/captures")]
    public void The_second_reader_finds_the_same(string folder) =>
        Compare(Directory.GetFiles(Repository.File(folder), "*.tcap"));

    [Fact]
    public void The_second_reader_finds_the_same_in_damaged_and_hostile_files()
    {
        var fuzzer = new CaptureFuzzer(Repository.File("tests/conformance"));
        var folder = Directory.CreateTempSubdirectory();
        for (var seed = 0; seed < 300; seed++)
        {
            fuzzer.Run(seed);
            File.WriteAllBytes(Path.Combine(folder.FullName, $"{seed}.tcap"), fuzzer.Current);
        }

        Compare(Directory.GetFiles(folder.FullName));
        folder.Delete(recursive: true);
    }

    private static void Compare(string[] files)
    {
        Assert.SkipUnless(CanRun(), "needs Debian's python3, python3-lz4 and python3-xxhash");
        var (exit, output) = Run([Repository.File("tests/conformance/reader.py"), .. files]);
        Assert.True(exit == 0, output);
        var found = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Length, found.Length);
        foreach (var (file, line) in files.Zip(found))
        {
            var expected = ConformanceJson.Format(ConformanceJson.Read(File.ReadAllBytes(file)));
            Assert.True(expected == ConformanceJson.Format(JsonNode.Parse(line)!), $"{file} is read differently");
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
