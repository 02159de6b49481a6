using System.CommandLine;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Manual;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap manual</c>: what packages make man pages of.</summary>
internal static class ManualCommand
{
    /// <param name="root">The program.</param>
    internal static Command Create(RootCommand root)
    {
        var folder = OptionFactory.File("The folder, which is made if it is not there.", "FOLDER").Offering(ValueSource.Folders);
        var command = new Command("manual", "Writes the sources of the man pages, for scdoc.") { folder };
        command.Hidden = true;
        command.Does(parsed =>
        {
            var path = parsed.GetValue(folder)!;
            Directory.CreateDirectory(path);
            foreach (var one in root.Subcommands.Where(one => !one.Hidden).Prepend<Command>(root))
            {
                File.WriteAllText(Path.Combine(path, $"{ManualPage.NameOf(one)}.1.scd"), ManualPage.Of(one, Version.Tool));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
