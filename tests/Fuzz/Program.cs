using System.Diagnostics;
using System.Globalization;
using TraceCap.Format.Tests.Fuzzing;

// Fuzzes for as long as asked, from a seed that is not the last run's, and leaves the file that made a reader fail.
//   TraceCap.Fuzz [SECONDS [SEED]]     in the root of the repository

var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Random.Shared.Next();
var fuzzer = new CaptureFuzzer("samples/captures", "tests/conformance");
var watch = Stopwatch.StartNew();
var files = 0;
var (slowest, slowestSeed) = (TimeSpan.Zero, 0);

// A file that keeps a reader for so long is one that makes it hang.
using var watchdog = new Timer(_ => Fail("a reader hangs"));
for (; watch.Elapsed.TotalSeconds < seconds; files++, seed = unchecked(seed + 1))
{
    watchdog.Change(TimeSpan.FromSeconds(30), Timeout.InfiniteTimeSpan);
    var start = watch.Elapsed;
    try
    {
        fuzzer.Run(seed);
    }
    catch (FuzzException error)
    {
        Fail(error.ToString());
    }

    if (watch.Elapsed - start > slowest)
    {
        (slowest, slowestSeed) = (watch.Elapsed - start, seed);
    }
}

Console.WriteLine($"{files} files in {watch.Elapsed.TotalSeconds:0} s, no failure; "
    + $"the slowest took {slowest.TotalMilliseconds:0} ms (seed {slowestSeed})");
return 0;

void Fail(string what)
{
    var path = Path.GetFullPath($"artifacts/fuzz-{seed}.tcap");
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    File.WriteAllBytes(path, fuzzer.Current);
    Console.Error.WriteLine($"seed {seed}: {what}\nThe file is {path}; ./build.sh fuzz 1 {seed} makes it again.");
    Environment.Exit(1);
}
