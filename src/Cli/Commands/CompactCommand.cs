using System.CommandLine;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Rewriting;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap compact</c></summary>
internal static class CompactCommand
{
    internal static Command Create()
    {
        var file = OptionFactory.CaptureFile();
        var output = OptionFactory.CaptureOutput();
        var chunk = OptionFactory.Size(
            "Events of a chunk, as they are in memory; 4M if not given.", "a size from 64K to 11M, such as 1M or 8M", IsChunkSize, "--chunk");
        var force = OptionFactory.Force();
        var command = new Command("compact", "Makes a capture smaller by larger chunks; what is in it stays.") { file, output, chunk, force };
        command.Does(parsed => Run(
            parsed.GetValue(file)!,
            parsed.GetValue(output)!,
            (int)(parsed.GetValue(chunk) ?? CaptureCompaction.DefaultChunkBytes),
            parsed.GetValue(force)));
        return command;
    }

    private static bool IsChunkSize(long size) => size is >= 64 << 10 and <= BlockHeader.MaxEvents * TcpEvent.Size;

    private static ExitCode Run(string path, string outputPath, int chunkBytes, bool force)
    {
        using var file = CaptureFile.Open(path);
        using var output = NewCapture.Create(outputPath, force, path);
        var reader = file.OpenReader();
        file.Read(() => new CaptureCompaction(reader, output.Stream, chunkBytes).Run());
        if (file.Stream.CanSeek && output.Stream is { CanSeek: true } made && made.Length > file.Stream.Length && reader.IsWhole)
        {
            Messages.Warn($"{file.Name}: such chunks would make it larger; it stays as it is");
            made.SetLength(0);
            file.Stream.Position = 0;
            file.Stream.CopyTo(made);
        }

        return output.Finish(file, reader);
    }
}
