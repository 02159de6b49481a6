using TraceCap.Cli.Terminal;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Host;

namespace TraceCap.Cli.Files;

/// <summary>The name of a capture to be written, from the command line; <c>-</c> is standard output.</summary>
internal static class CaptureOutput
{
    /// <summary>Says what is wrong with the name before anything is done for it.</summary>
    internal static void Check(string path, bool force)
    {
        if (path == CaptureName.Pipe && !Console.IsOutputRedirected)
        {
            throw new CommandException("what this makes is not for a terminal; name a file with -o FILE, or pipe it: tracecap ... -o - | ...", ExitCode.Usage);
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

    /// <summary>Opens what a capture is written into although it is there already: standard output, a pipe, a device.</summary>
    /// <param name="path">Has passed <see cref="Check"/>.</param>
    /// <param name="force">Whether another user's link is to be replaced by a file, not followed.</param>
    /// <param name="owner">Another user whose pipe or device it may be; null for none.</param>
    /// <returns>Null for a file.</returns>
    /// <exception cref="IOException">It is another user's, or cannot be opened.</exception>
    internal static Stream? OpenFlow(string path, bool force, UserAccount? owner = null)
    {
        if (path == CaptureName.Pipe)
        {
            return StandardOutput.Open();
        }

        return OperatingSystem.IsLinux() && OutputFlow.Open(path, force, owner?.Uid) is { } flow ? new DescriptorStream(flow, path) : null;
    }

    private static bool IsFlow(string path) => FileIdentity.KindOf(path) is FileKind.Pipe or FileKind.Device;
}
