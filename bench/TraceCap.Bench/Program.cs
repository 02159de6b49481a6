using System.CommandLine;
using BenchmarkDotNet.Running;
using TraceCap.Bench;
using TraceCap.Format.Tests.Traffic;

var events = new Option<int>("--events") { Description = "Events of a generated capture.", DefaultValueFactory = _ => 1_000_000 };
var captures = new Option<string[]>("--capture") { Description = "Recorded captures to measure as well.", DefaultValueFactory = _ => [] };
var gibibytes = new Option<double>("--long") { Description = "Size of the long capture, in GiB.", DefaultValueFactory = _ => 1 };
var save = new Option<string?>("--save") { Description = "Where to write the figures, as Markdown." };
var ratios = new Command("ratios", "Measures TraceCap against its rivals in one run, and against its bars.") { events, captures, gibibytes, save };
ratios.SetAction(parsed => Ratios.Run(
    parsed.GetValue(events), parsed.GetValue(captures)!, (long)(parsed.GetValue(gibibytes) * (1L << 30)), parsed.GetValue(save)));

var library = new Command("library", "Measures only what the library's records cost.") { events };
library.SetAction(parsed => Ratios.RunLibrary(parsed.GetValue(events)));

var exports = new Command("exports", "Measures only exports.") { events };
exports.SetAction(parsed => Ratios.RunExports(parsed.GetValue(events)));

var queries = new Command("queries", "Measures only SQL over captures.");
queries.SetAction(_ => Ratios.RunQueries());

var timed = new Command("commands", "Measures only the commands of the executable, and their rivals.") { gibibytes, save };
timed.SetAction(parsed => Ratios.RunCommands((long)(parsed.GetValue(gibibytes) * (1L << 30)), parsed.GetValue(save)));

var path = new Argument<string>("file") { Description = "Where to write it." };
var rate = new Option<int>("--rate") { Description = "Connections per second.", DefaultValueFactory = _ => 20_000 };
var visitors = new Option<int>("--visitors") { Description = "Addresses that connect from outside.", DefaultValueFactory = _ => 4_000 };
var over = new Option<string?>("--over") { Description = "Writes the events of this capture over and over instead, until the file has as many GiB as --long says." };
var generate = new Command("generate", "Writes a capture of simulated traffic.") { path, events, rate, visitors, over, gibibytes };
generate.SetAction(parsed =>
{
    if (parsed.GetValue(over) is { } recorded)
    {
        Captures.WriteLong(parsed.GetValue(path)!, Captures.Read(recorded), (long)(parsed.GetValue(gibibytes) * (1L << 30)));
        return;
    }

    using var file = File.Create(parsed.GetValue(path)!);
    Captures.Write(file, TrafficGenerator.Generate(parsed.GetValue(events), new() { ConnectionsPerSecond = parsed.GetValue(rate), Visitors = parsed.GetValue(visitors) }));
});

var parts = new Argument<string[]>("arguments") { Description = "What BenchmarkDotNet is told, such as --filter '*'." };
var inner = new Command("parts", "Measures the inner parts by BenchmarkDotNet.") { parts };
inner.TreatUnmatchedTokensAsErrors = false;
inner.SetAction(parsed => { BenchmarkSwitcher.FromAssembly(typeof(Ratios).Assembly).Run([.. parsed.GetValue(parts)!, .. parsed.UnmatchedTokens]); });

return new RootCommand("Measures TraceCap.") { ratios, library, exports, queries, timed, generate, inner }.Parse(args).Invoke();
