namespace TraceCap.Cli;

/// <summary>The name of a capture to be written, from the command line; <c>-</c> is standard output.</summary>
internal static class CaptureOutput
{
    /// <summary>Says what is wrong with the name before anything is done for it.</summary>
    internal static void Check(string path, bool force)
    {
        if (path == CaptureFile.Pipe && !Console.IsOutputRedirected)
        {
            throw new CommandException("a capture is not for a terminal; name a file with -o FILE, or pipe it: tracecap ... -o - | ...", ExitCode.Usage);
        }

        if (path != CaptureFile.Pipe && !force && Path.Exists(path))
        {
            throw new CommandException($"{path} is there already; choose another name, or overwrite it with --force");
        }
    }
}
