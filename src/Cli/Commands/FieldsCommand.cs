using System.CommandLine;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap fields</c></summary>
internal static class FieldsCommand
{
    internal static Command Create()
    {
        string[] owners = [EventFields.Set.Owners, ConnectionFields.Set.Owners];
        var of = OptionFactory.Word<string?>("Only the fields of these; all if not given.", "WHAT", owners.ToDictionary(owner => owner, string? (owner) => owner), "--of");
        var result = new TableResult("The fields", columns: Vocabulary.Columns(() => FieldTable.Of().Columns));
        var command = new Command("fields", "Lists what is known of events and connections: the names that --where, --fields, --by and --sort take.") { of };
        result.AddTo(command);
        command.Does(parsed =>
        {
            using var output = result.Open(parsed);
            result.Write(parsed, output, result.Format(parsed) ?? TableFormat.Table, FieldTable.Of(parsed.GetValue(of)));
            output.Finish();
            return ExitCode.Done;
        });
        return command;
    }
}
