using System.ComponentModel;
using System.Diagnostics;

namespace TraceCap.Recorder;

/// <summary>
/// Runs a program with each file that was closed, without a shell, and without waiting for it. That the program cannot be
/// run, or fails while the recording lasts, is told.
/// </summary>
/// <param name="command">The program and its arguments, with blanks between them: nothing is quoted or expanded. The
/// file's path is added as the last argument.</param>
/// <param name="tell">Gets what the user should know; from any thread.</param>
public sealed class FollowUp(string command, Action<string> tell)
{
    private readonly string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Starts the program.</summary>
    /// <param name="path">The file.</param>
    public void Run(string path)
    {
        try
        {
            var process = new Process { StartInfo = new ProcessStartInfo(words[0], [.. words[1..], path]), EnableRaisingEvents = true };
            process.Exited += (_, _) =>
            {
                if (process.ExitCode != 0)
                {
                    tell(FormattableString.Invariant($"{command} {path} ended with {process.ExitCode}"));
                }

                process.Dispose();
            };
            process.Start();
        }
        catch (Win32Exception error)
        {
            tell($"{command} {path} could not be run: {error.Message}");
        }
    }
}
