using System.CommandLine;
namespace TraceCap.Cli;
internal static class RecordCommand { internal static Command Create() { var c = new Command("record", "x"); c.Does(p => ExitCode.Done); return c; } }
