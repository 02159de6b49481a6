using System.CommandLine;
using TraceCap.Cli.Commands;
using TraceCap.Cli.Terminal;

Descriptors.Check();
if (OperatingSystem.IsWindows())
{
    WindowsConsole.Prepare();
}

var root = new RootCommand("Records TCP connections on Linux hosts into capture files, and replays them anywhere.")
{
    RecordCommand.Create(),
    TraceCommand.Create(),
    TopCommand.Create(),
    ProbesCommand.Create(),
    ReplayCommand.Create(),
    InfoCommand.Create(),
    LifetimesCommand.Create(),
    ChurnCommand.Create(),
    SummaryCommand.Create(),
    PlotCommand.Create(),
    ReportCommand.Create(),
    CheckCommand.Create(),
    DiffCommand.Create(),
    QueryCommand.Create(),
    ExportCommand.Create(),
    FieldsCommand.Create(),
    VerifyCommand.Create(),
    MergeCommand.Create(),
    CutCommand.Create(),
    SplitCommand.Create(),
    CompactCommand.Create(),
    AnonymizeCommand.Create(),
    RecoverCommand.Create(),
    ImportCommand.Create(),
    ShipCommand.Create(),
    CompletionCommand.Create(),
};
root.Add(CompletionCommand.CreateAnswer(root));
root.Add(ManualCommand.Create(root));
return CommandRunner.Run(root, args);
