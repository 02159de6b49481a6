using System.CommandLine;
using BenchmarkDotNet.Running;
using TraceCap.Bench;

var events = new Option<int>("--events") { Description = "Events of each generated capture.", DefaultValueFactory = _ => 1_000_000 };
var captures = new Option<string[]>("--capture") { Description = "Recorded captures to measure as well.", DefaultValueFactory = _ => [] };
var gibibytes = new Option<double>("--long") { Description = "Size of the long capture, in GiB.", DefaultValueFactory = _ => 1 };
var save = new Option<string?>("--save") { Description = "Where to write the figures, as Markdown." };
var ratios = new Command("ratios", "Measures TraceCap against its rivals in one run, and against its bars.") { events, captures, gibibytes, save };
ratios.SetAction(parsed => Ratios.Run(
    parsed.GetValue(events), parsed.GetValue(captures)!, (long)(parsed.GetValue(gibibytes) * (1L << 30)), parsed.GetValue(save)));

var parts = new Argument<string[]>("arguments") { Description = "What BenchmarkDotNet is told, such as --filter '*'." };
var inner = new Command("parts", "Measures the inner parts by BenchmarkDotNet.") { parts };
inner.TreatUnmatchedTokensAsErrors = false;
inner.SetAction(parsed => { BenchmarkSwitcher.FromAssembly(typeof(Ratios).Assembly).Run([.. parsed.GetValue(parts)!, .. parsed.UnmatchedTokens]); });

return new RootCommand("Measures TraceCap.") { ratios, inner }.Parse(args).Invoke();
