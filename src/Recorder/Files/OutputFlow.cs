using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Files;

/// <summary>
/// A pipe or a device that a capture is written into although it is there already. What it is and whose is read from what was
/// opened, so that nobody can put something else there in between; and what belongs to others is refused, as a shell does
/// in folders that all may write to (protected_fifos and protected_symlinks in sysctl fs).
/// </summary>
internal static class OutputFlow
{
    private const int MostLinks = 16;
    private const uint Root = 0;

    /// <summary>Opens it to write; a pipe that nobody has opened to read yet is waited for.</summary>
    /// <param name="path">Where.</param>
    /// <param name="force">Whether another user's link is to be replaced by a file, not followed.</param>
    /// <param name="owner">Another user whose pipe or device it may be; null for none.</param>
    /// <returns>Null if there is nothing, or what is no pipe and no device: a file can be created there, or not.</returns>
    /// <exception cref="IOException">It is another user's, or cannot be opened.</exception>
    internal static SafeFileHandle? Open(string path, bool force, uint? owner)
    {
        var here = path;
        for (var links = 0; links <= MostLinks; links++)
        {
            using var found = FileCalls.OpenToLook(here);
            if (found.IsInvalid || FileCalls.StatusOf(found) is not { } status)
            {
                return null;
            }

            switch (status.Type)
            {
                case FileCalls.Pipe or FileCalls.Device:
                    return IsTrusted(status.User, owner)
                        ? OpenFor(path, found.Path)
                        : throw new IOException(FormattableString.Invariant(
                            $"{path} is a {Word(status)} of user {status.User}, who could take or drop all that is recorded; name one of your own, or a file"));
                case FileCalls.Socket:
                    throw new IOException($"{path} is a socket; a capture is written into a file, a pipe or, by -o -, standard output");
                case FileCalls.Link when FileCalls.IsOfProc(found):
                    return OpenDescriptor(path, here);
                case FileCalls.Link when !IsTrusted(status.User, null):
                    return force
                        ? null
                        : throw new IOException(FormattableString.Invariant(
                            $"{path} is a link of user {status.User} and not followed; name what it leads to, or replace it with --force"));
                case FileCalls.Link when FileCalls.ReadLink(found) is { } target:
                    here = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(here))!, target);
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>Whoever became root need not ask root, nor anybody themselves.</summary>
    private static bool IsTrusted(uint user, uint? owner) => user == Root || user == FileCalls.EffectiveUser() || user == owner;

    private static string Word(FileStatus status) => status.Type == FileCalls.Pipe ? "pipe" : "device";

    /// <summary>What a descriptor of this process refers to is the caller's choice, whoever made it: /dev/stdout.</summary>
    private static SafeFileHandle? OpenDescriptor(string path, string link)
    {
        using var found = FileCalls.OpenToLookBehind(link);
        if (found.IsInvalid || FileCalls.StatusOf(found) is not { } status)
        {
            return null;
        }

        return status.Type is FileCalls.Pipe or FileCalls.Device
            ? OpenFor(path, found.Path)
            : throw new IOException($"{path} is a file or socket that is open already; -o - writes into standard output");
    }

    /// <summary>Opens once more what was found, by a name that leads to nothing else.</summary>
    private static SafeFileHandle OpenFor(string path, string found)
    {
        var opened = FileCalls.OpenToWrite(found);
        if (opened.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            opened.Dispose();
            throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        if (FileCalls.IsTerminal(opened) == 1)
        {
            opened.Dispose();
            throw new IOException($"{path} is a terminal, and a capture is not for one; name a file, or pipe it: tracecap ... -o - | ...");
        }

        return opened;
    }
}
