using System.Text;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Tests;

/// <summary>Rows against what the real tools printed (tests/reference).</summary>
public sealed class TableReferenceTests
{
    private static readonly TableOptions bcc = new() { Raw = true };
    private static readonly TableOptions libbpf = bcc with { Style = TableStyle.Libbpf };

    public static TheoryData<string, object> Outputs => new()
    {
        { "6.1/bcc-tcptracer.out", bcc },
        { "6.1/bcc-tcptracer-t.out", bcc with { Timestamps = true } },
        { "6.1/bcc-tcptracer-v-t.out", bcc with { Timestamps = true, Verbose = true } },
        { "6.1/libbpf-tcptracer.out", libbpf },
        { "6.1/libbpf-tcptracer-t.out", libbpf with { Timestamps = true } },
        { "6.12/libbpf-tcptracer.out", libbpf },
        { "6.12/libbpf-tcptracer-t.out", libbpf with { Timestamps = true } },
    };

    [Theory]
    [MemberData(nameof(Outputs))]
    public void A_real_output_comes_back_byte_for_byte(string file, object options)
    {
        var output = Read(file);
        Assert.True(output.Rows.Count > 800);
        Assert.Equal(output.Header + Lines(output.RowsByTime.Select(row => row.Text)),
            Table.Print((TableOptions)options, output.RowsByTime.Select(row => row.Event)));
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public void In_the_order_of_the_tool_its_output_comes_back_as_it_is(string file, object options)
    {
        var path = Repository.File("tests/reference/" + file);
        Assert.Equal(File.ReadAllText(path, Encoding.Latin1),
            Table.Print((TableOptions)options, Read(file).Rows.Select(row => row.Event)));
    }

    [Theory]
    [InlineData("6.1/bcc-tcptracer-v-t.out")]
    [InlineData("6.1/bcc-tcptracer-t.out")]
    public void Outputs_of_the_Python_tool_show_the_same_but_for_what_it_lost(string file)
    {
        // It reported losses for these, and none for the plain output; they were in the burst.
        static bool IsOfBurst(string row) => row.Contains("-burst ", StringComparison.Ordinal);
        var all = Read("6.1/bcc-tcptracer.out").Rows.Select(row => row.Text).ToArray();
        var kept = Rows(bcc, Read(file));
        Assert.Equal(Sorted(all.Where(row => !IsOfBurst(row))), Sorted(kept.Where(row => !IsOfBurst(row))));
        Assert.Empty(kept.Except(all));
        Assert.True(kept.Length < all.Length);
    }

    [Theory]
    [InlineData("6.1")]
    [InlineData("6.12")]
    public void The_timed_and_the_plain_output_of_the_libbpf_tool_show_the_same(string kernel) =>
        Assert.Equal(Sorted(Read($"{kernel}/libbpf-tcptracer.out").Rows.Select(row => row.Text)),
            Sorted(Rows(libbpf, Read($"{kernel}/libbpf-tcptracer-t.out"))));

    [Fact]
    public void The_two_tools_show_the_same_events()
    {
        // Only the libbpf tool prints bytes that are not UTF-8, so their rows tell nothing of each other.
        static bool IsText(string row) => !row.Contains('\u00ff');
        Assert.Equal(Sorted(Read("6.1/libbpf-tcptracer.out").Rows.Select(row => row.Text).Where(IsText)),
            Sorted(Rows(libbpf, Read("6.1/bcc-tcptracer.out")).Where(IsText)));
    }

    private static ReferenceOutput Read(string file) =>
        ReferenceOutput.Read(Repository.File("tests/reference/" + file));

    private static string[] Rows(TableOptions options, ReferenceOutput output) =>
        [.. output.Rows.Select(row => Table.Print((TableOptions)options, [row.Event], header: false)[..^1])];

    private static string Lines(IEnumerable<string> rows) => string.Concat(rows.Select(row => row + '\n'));

    private static string[] Sorted(IEnumerable<string> rows) => [.. rows.Order(StringComparer.Ordinal)];
}
