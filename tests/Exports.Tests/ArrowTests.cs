using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using TraceCap.Analyzer.Exporters;
using Column = TraceCap.Exports.Schema.Column;

namespace TraceCap.Exports.Tests;

/// <summary>Arrow's files and streams, read back.</summary>
public sealed class ArrowTests
{
    [Theory]
    [InlineData("arrow", false)]
    [InlineData("arrow", true)]
    [InlineData("arrow-stream", false)]
    [InlineData("arrow-stream", true)]
    public void Each_value_is_what_JSON_has(string format, bool areConnections)
    {
        var kind = areConnections ? ExportKinds.Connections : ExportKinds.Events;
        var content = Exported.Of(format, kind, "traffic", "lossy");
        using var reader = format == "arrow" ? new ArrowFileReader(new MemoryStream(content)) : new ArrowStreamReader(new MemoryStream(content));
        var found = new List<Dictionary<string, string>>();
        while (reader.ReadNextRecordBatch() is { } batch)
        {
            for (var row = 0; row < batch.Length; row++)
            {
                found.Add(batch.Schema.FieldsList.Select((field, at) => (field.Name, Value: Text(batch.Column(at), row)))
                    .Where(cell => cell.Value is not null && cell.Name is not (Column.Capture or Column.Date)).ToDictionary(cell => cell.Name, cell => cell.Value!));
            }
        }

        var expected = Exported.Rows(kind, "traffic", "lossy");
        Assert.Equal(expected.Count, found.Count);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.OrderBy(cell => cell.Key), pair.Second.OrderBy(cell => cell.Key)));
        Assert.Equal(kind == ExportKinds.Events ? "events" : "connections", reader.Schema.Metadata["tracecap.table"]);
    }

    /// <summary>By Arrow's reader for JavaScript, which is no relative of the library that has written it.</summary>
    [Theory]
    [InlineData("arrow", true)]
    [InlineData("arrow-stream", false)]
    public void Another_language_reads_the_same(string format, bool areConnections)
    {
        var fetched = Run(Repository.File("tests/engines/arrow/fetch"));
        Assert.SkipWhen(fetched.Code != 0, $"apache-arrow cannot be had from npm: {fetched.Error.Trim()}");
        var kind = areConnections ? ExportKinds.Connections : ExportKinds.Events;
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Exported.Of(format, kind, "traffic"));
            var read = Run("node", Repository.File("tests/engines/arrow/read.js"), path);
            Assert.Equal((0, ""), (read.Code, read.Error));
            var found = read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Dictionary<string, string>>(line)!).ToArray();
            var expected = Exported.Rows(kind, "traffic");
            Assert.Equal(expected.Count, found.Length);
            Assert.All(expected.Zip(found), pair => Assert.Equal(
                pair.First.OrderBy(cell => cell.Key), pair.Second.Where(cell => cell.Key is not (Column.Capture or Column.Date)).OrderBy(cell => cell.Key)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (int Code, string Output, string Error) Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (127, "", missing.Message);
        }
    }

    private static string? Text(IArrowArray column, int row) => column.IsNull(row) ? null : column switch
    {
        StringArray texts => texts.GetString(row),
        BooleanArray flags => flags.GetValue(row)!.Value ? "true" : "false",
        UInt16Array numbers => $"{numbers.GetValue(row)}",
        UInt32Array numbers => $"{numbers.GetValue(row)}",
        UInt64Array numbers => $"{numbers.GetValue(row)}",
        Int64Array numbers => $"{numbers.GetValue(row)}",
        TimestampArray times => times.GetValue(row)!.Value.ToString(CultureInfo.InvariantCulture),
        Date32Array days => $"{days.GetValue(row)}",
        _ => throw new NotSupportedException(column.GetType().Name),
    };
}
