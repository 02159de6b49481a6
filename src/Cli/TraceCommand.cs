using System.CommandLine;
namespace TraceCap.Cli;
internal static class TraceCommand { internal static Command Create() { var c = new Command("trace", "x"); c.Does(p => ExitCode.Done); return c; } }
