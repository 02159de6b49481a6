using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Files;

/// <summary>
/// Runs a program with each file that was closed, without a shell, and without waiting for it. That the program cannot be
/// run, or fails while the recording lasts, is told.
/// </summary>
internal sealed class FollowUp
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string command;
    private readonly string program;
    private readonly string[] arguments;

    private FollowUp(string command, string program, string[] arguments) =>
        (this.command, this.program, this.arguments) = (command, program, arguments);

    /// <summary>Reads a command and looks for its program: by its path if it has one, else in PATH.</summary>
    /// <param name="command">The program and its arguments, with blanks between them: nothing is quoted or expanded. The
    /// file's path is added as the last argument.</param>
    /// <exception cref="FormatException">It is empty, or there is no such program.</exception>
    public static FollowUp Parse(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0
            ? throw new FormatException("the command is empty; expected a program and its arguments, such as 'gzip -9'")
            : new FollowUp(command, Find(words[0]), words[1..]);
    }

    /// <summary>Starts the program.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tell">Gets what the user should know; from any thread.</param>
    public void Run(string path, Action<string> tell)
    {
        try
        {
            var process = new Process { StartInfo = new ProcessStartInfo(program, [.. arguments, path]), EnableRaisingEvents = true };
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
            tell($"{command} {path} could not be run: {Marshal.GetPInvokeErrorMessage(error.NativeErrorCode)}");
        }
    }

    /// <summary>Not in the working directory, where .NET would look as well: who records is root.</summary>
    private static string Find(string program)
    {
        var hasFolder = program.Contains('/', StringComparison.Ordinal);
        var folders = hasFolder ? [Environment.CurrentDirectory] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(IsExecutable)
            ?? throw new FormatException($"there is no program {program} that can be run{(hasFolder ? "" : " in PATH")}");
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);
}
