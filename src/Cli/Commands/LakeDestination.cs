using System.Globalization;
using System.Text.Json;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.ClickHouse;
using TraceCap.Exports.ObjectStorage;

namespace TraceCap.Cli.Commands;

/// <summary>
/// Partitioned Parquet in a folder or a bucket. Files are named after the capture, so that one that is shipped again replaces what is there of it. That all
/// of it is there, a file says that comes last.
/// </summary>
/// <param name="root">The folder; null: files are made in one of their own and go into the bucket.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="patience">How long it is tried to reach it.</param>
/// <param name="stop">Ends it.</param>
internal sealed class LakeDestination(string? root, S3Bucket? bucket, Patience patience, CancellationToken stop) : ShipDestination
{
    private const string Marks = "shipped";

    /// <inheritdoc />
    internal override string Name => bucket?.Name ?? Path.GetFullPath(root!);

    /// <inheritdoc />
    internal override string? Ship(string path, out ExitCode state)
    {
        CaptureIdentity capture;
        using (var file = CaptureFile.Open(path))
        {
            capture = file.Read(() => CaptureIdentity.Of(Path.GetFileName(path), () => FromBeginning(file)));
        }

        var mark = string.Create(CultureInfo.InvariantCulture, $"{Marks}/{capture.Id:N}-{capture.Events}.json");
        if (Has(mark))
        {
            state = ExitCode.Done;
            return "is there already";
        }

        var folder = root ?? Directory.CreateTempSubdirectory("tracecap-ship-").FullName;
        try
        {
            state = Write(path, folder, capture);
            if (state is not (ExitCode.Done or ExitCode.Damaged))
            {
                return null;
            }

            stop.ThrowIfCancellationRequested();
            WriteMark(Path.Combine(folder, mark), capture);
            return string.Create(CultureInfo.InvariantCulture, $"{CountText.Of(capture.Events, "event")}; {(bucket is null ? "written" : $"{ByteText.Of(Send(folder, mark))} sent")}");
        }
        catch (Exception error) when (error is IOException or CommandException && stop.IsCancellationRequested)
        {
            // What was not complete is gone.
            throw new OperationCanceledException(error.Message, error, stop);
        }
        finally
        {
            if (root is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    public override void Dispose() => bucket?.Dispose();

    private static ExitCode Write(string path, string folder, CaptureIdentity capture)
    {
        var state = ExitCode.Done;
        foreach (var (kind, name) in new[] { (ExportKinds.Events, "events"), (ExportKinds.Connections, "connections") })
        {
            var one = ExportCommand.WritePartitions(kind, path, Path.Combine(folder, name), $"{capture.Id:N}.parquet");
            state = one == ExitCode.Failed || state == ExitCode.Failed ? ExitCode.Failed : (ExitCode)Math.Max((int)state, (int)one);
        }

        return state;
    }

    private static void WriteMark(string path, CaptureIdentity capture)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var output = ResultOutput.Open(path, force: true);
        using (var json = new Utf8JsonWriter(output.Stream))
        {
            json.WriteStartObject();
            json.WriteString("capture", capture.Name);
            json.WriteString("capture_id", capture.Id);
            json.WriteNumber("events", capture.Events);
            json.WriteStartArray("hosts");
            foreach (var host in capture.Hosts)
            {
                json.WriteStringValue(host);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Finish();
    }

    private bool Has(string mark)
    {
        var has = root is not null && File.Exists(Path.Combine(root, mark));
        if (bucket is not null)
        {
            patience.Keep(() => has = bucket.Has(mark, stop), stop);
        }

        return has;
    }

    /// <summary>Sends all files, that with the mark last.</summary>
    private long Send(string folder, string mark)
    {
        var bytes = 0L;
        var keys = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal);
        foreach (var key in keys.Where(key => key != mark).Append(mark))
        {
            patience.Keep(() => bytes += bucket!.Put(key, Path.Combine(folder, key), stop), stop);
        }

        return bytes;
    }
}
