using System.CommandLine;
namespace TraceCap.Cli;
internal static class ReplayCommand { internal static Command Create() { var c = new Command("replay", "x"); c.Does(p => ExitCode.Done); return c; } }
