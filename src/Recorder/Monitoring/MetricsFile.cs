using System.Text;
using TraceCap.Recorder.Files;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Monitoring;

/// <summary>
/// A file of metrics for a collector that reads it whenever it likes, such as node_exporter's textfile collector: it is written beside
/// and renamed, so that nobody sees half of it, and no link is followed. All users may read it.
/// </summary>
/// <param name="path">Where.</param>
internal sealed class MetricsFile(string path) : IDisposable
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly HeldFolder folder = new(Path.GetDirectoryName(Path.GetFullPath(path))!);
    private bool isOurs;

    /// <summary>What every file of these metrics begins with.</summary>
    private static ReadOnlySpan<byte> Beginning => "# HELP tracecap_"u8;

    /// <summary>Replaces it.</summary>
    /// <exception cref="IOException">It cannot be written, or something else is there.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written by this user.</exception>
    internal void Write(string text)
    {
        var here = folder.Find(Path.GetFileName(path));
        ThrowIfOther(here);
        try
        {
            Write(text, here);
        }
        catch (Exception error) when (FileFailure.Named(path, error) is var named && named != error)
        {
            throw named;
        }
    }

    /// <inheritdoc />
    public void Dispose() => folder.Dispose();

    private void Write(string text, string here)
    {
        var beside = $"{here}.{Path.GetRandomFileName()}";
        try
        {
            using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 }))
            {
                if (!OperatingSystem.IsWindows())
                {
                    // Whatever the mask for new files is.
                    File.SetUnixFileMode(file.SafeFileHandle, Everybody);
                }

                file.Write(Encoding.UTF8.GetBytes(text));
            }

            File.Move(beside, here, overwrite: true);
            isOurs = true;
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Only metrics of a recorder are ever replaced: a device, a link to one or a file of another kind would be gone.</summary>
    private void ThrowIfOther(string here)
    {
        var type = FileCalls.TypeAt(here);
        if (type != 0 && (type != FileCalls.Regular || !(isOurs || IsOfMetrics(here))))
        {
            throw new IOException($"{path} is there already, and no file of metrics");
        }
    }

    private static bool IsOfMetrics(string here)
    {
        using var there = FileCalls.OpenToRead(here);
        var first = new byte[Beginning.Length];
        return !there.IsInvalid && (RandomAccess.GetLength(there) == 0 || (RandomAccess.Read(there, first, 0) == first.Length && Beginning.SequenceEqual(first)));
    }
}
