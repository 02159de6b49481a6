using System.Text;
using TraceCap.Analyzer.Output.Json;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests;

/// <summary>Rows against the printing code of the real tools, fed with events of every shape (tests/reference/printed).
/// </summary>
public sealed class TablePrintedTests
{
    private static readonly string folder = Repository.File("tests/reference/printed");
    private static readonly TableOptions bcc = new() { Raw = true };
    private static readonly TableOptions libbpf = bcc with { Style = TableStyle.Libbpf };

    public static TheoryData<string, object> Outputs => new()
    {
        { "bcc.out", bcc },
        { "bcc-t.out", bcc with { Timestamps = true } },
        { "bcc-v.out", bcc with { Verbose = true } },
        { "bcc-v-t.out", bcc with { Verbose = true, Timestamps = true } },
        { "bcc-v-N.out", bcc with { Verbose = true, HideNetns = true } },
        { "libbpf.out", libbpf },
        { "libbpf.out", libbpf with { Verbose = true, HideNetns = true } },
        { "libbpf-t.out", libbpf with { Timestamps = true } },
        { "libbpf-t-U.out", libbpf with { Timestamps = true, Uid = true } },
    };

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Rows_are_what_the_code_of_the_tool_prints(string file, object options) =>
        Assert.Equal(File.ReadAllText(Path.Combine(folder, file), Encoding.Latin1), Table.Print((TableOptions)options, Events()));

    private static TcpEvent[] Events()
    {
        using var stream = File.OpenRead(Path.Combine(folder, "events.ndjson"));
        return [.. EventJson.ReadAll(stream)];
    }
}
