using TraceCap.Cli.Terminal;

namespace TraceCap.Cli.Files;

/// <summary>The name of a capture to be written, from the command line; <c>-</c> is standard output.</summary>
internal static class CaptureOutput
{
    /// <summary>Says what is wrong with the name before anything is done for it.</summary>
    internal static void Check(string path, bool force)
    {
        if (path == CaptureName.Pipe && !Console.IsOutputRedirected)
        {
            throw new CommandException("a capture is not for a terminal; name a file with -o FILE, or pipe it: tracecap ... -o - | ...", ExitCode.Usage);
        }

        if (path == CaptureName.Pipe)
        {
            return;
        }

        CheckFolder(path);
        if (Directory.Exists(path))
        {
            throw new CommandException($"{path} is a folder; name a file in it, such as {Path.Combine(path, "run.tcap")}", ExitCode.Usage);
        }

        if (!force && Path.Exists(path) && !IsFlow(path))
        {
            throw new CommandException($"{path} is there already; choose another name, or overwrite it with --force");
        }
    }

    /// <summary>Says that the folder is missing before anything is done for the file.</summary>
    internal static void CheckFolder(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new CommandException($"{path}: there is no folder {folder}; make it, or name another");
        }
    }

    /// <summary>How a file is opened that has passed <see cref="Check"/>.</summary>
    internal static FileMode Mode(string path, bool force) => IsFlow(path) ? FileMode.Open : force ? FileMode.Create : FileMode.CreateNew;

    /// <summary>Whether nothing is lost by writing into what is there: a pipe or a device.</summary>
    internal static bool IsFlow(string path) => FileIdentity.KindOf(path) is FileKind.Pipe or FileKind.Device;
}
