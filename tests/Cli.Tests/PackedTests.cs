using TraceCap.Format.Events;
using TraceCap.Format.Metadata;
using TraceCap.Format.Writing;

namespace TraceCap.Cli.Tests;

/// <summary>Captures that were compressed are read as they are, by what they begin with.</summary>
public sealed class PackedTests : IDisposable
{
    private static readonly string capture = Repository.File("samples/captures/traffic.tcap");

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Packers => ["gzip -c", "zstd -qc", "xz -c", "bzip2 -c", "lz4 -qc"];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Packers))]
    public void Every_command_reads_it_as_if_it_were_not_compressed(string packer)
    {
        var packed = Pack(packer, capture);
        Assert.Equal(Shell.Run($"tracecap replay {capture} --from -1s").Text, Shell.Run($"tracecap replay {packed} --from -1s").Text);
        Assert.Equal(Shell.Run($"tracecap lifetimes {capture}").Text, Shell.Run($"cat {packed} | tracecap lifetimes -").Text);
        AssertDone($"tracecap verify {packed}");
    }

    [Fact]
    public void Commands_that_read_twice_unpack_it_twice()
    {
        var packed = Pack("gzip -c", capture);
        AssertDone($"tracecap cut {packed} --keep-whole --from 0.5 -o {folder}/cut.tcap && tracecap cut {capture} --keep-whole --from 0.5 -o {folder}/same.tcap && cmp <(tracecap replay {folder}/cut.tcap) <(tracecap replay {folder}/same.tcap)");
        AssertDone($"tracecap recover {packed} -o {folder}/recovered.tcap && tracecap compact {packed} -o {folder}/compact.tcap && tracecap merge {packed} -o {folder}/merged.tcap");
        Assert.Equal(Shell.Run($"tracecap replay {capture}").Text, Shell.Run($"tracecap replay {folder}/recovered.tcap").Text);
    }

    [Theory]
    [MemberData(nameof(Packers))]
    public void Files_one_after_another_are_all_unpacked(string packer)
    {
        var packed = Pack(packer, capture);
        Assert.Equal(
            Shell.Run($"cat {capture} {capture} | tracecap replay -").Text,
            Shell.Run($"cat {packed} {packed} | tracecap replay -").Text);
    }

    [Theory]
    [MemberData(nameof(Packers))]
    public void What_is_there_of_a_truncated_one_is_read(string packer)
    {
        var packed = Pack(packer, capture);
        var result = Shell.Run($"head -c {new FileInfo(packed).Length / 2} {packed} | tracecap replay -");
        Assert.Equal(3, result.Code);
        Assert.Contains("tracecap: standard input: truncated: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Packers))]
    public void Damaged_ones_are_told(string packer)
    {
        var packed = Pack(packer, capture);
        var bytes = File.ReadAllBytes(packed);
        var random = new Random(1);
        for (var i = 0; i < 3; i++)
        {
            var damaged = bytes.ToArray();
            random.NextBytes(damaged.AsSpan(random.Next(10, damaged.Length - 50), 40));
            var result = Tracecap.Run(damaged, "replay", "-");
            Assert.True(result.Code is 1 or 3, result.Error);
            Assert.StartsWith("tracecap: standard input: ", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Packers))]
    public void Little_that_unpacks_to_much_takes_little_memory(string packer)
    {
        var packed = Path.Combine(folder, "bomb");
        AssertDone($"head -c 100M /dev/zero | {packer} > {packed}");
        var result = Tracecap.RunWithin(80 << 20, "replay", packed);
        Assert.True(result.Code == 1, result.Error);
        Assert.Contains("not a capture", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_takes_much_memory_is_refused()
    {
        var packed = Path.Combine(folder, "large.xz");
        AssertDone($"head -c 1M /dev/zero | xz -c --lzma2=dict=1GiB > {packed}");
        var result = Tracecap.Run("replay", packed);
        Assert.Contains("unpacking it takes 1024 MiB at once; at most 256 MiB are expected", result.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, result.Code);
    }

    [Fact]
    public void Several_compressed_ones_are_read_in_the_order_of_time()
    {
        Write("b.tcap", 10, TcpEventType.Connect);
        Write("a.tcap", 20, TcpEventType.Close);
        AssertDone($"gzip {folder}/a.tcap && zstd -q --rm {folder}/b.tcap");
        var result = Shell.Run($"tracecap lifetimes {folder}/a.tcap.gz {folder}/b.tcap.zst --csv");
        Assert.Equal("1,one,4,0.0.0.0,1,0.0.0.0,443,,,10000.00,closed", result.Text.Split('\n')[1]);
    }

    [Theory]
    [InlineData("printf '\\xd4\\xc3\\xb2\\xa1\\2\\0\\4\\0' > x", "x: a capture of packets (pcap), not a capture; `tracecap import")]
    [InlineData("printf '\\n\\r\\r\\n\\x1c\\0\\0\\0' > x", "x: a capture of packets (pcapng), not a capture")]
    [InlineData("head -c 4096 /bin/sh > x", "x: an executable, a library or a core dump (ELF), not a capture")]
    [InlineData("gzip -c < /bin/sh > x", "x, compressed with gzip: an executable, a library or a core dump (ELF), not a capture")]
    [InlineData("gzip -c < traffic.tcap | xz -c > x", "x, compressed with xz: gzip, not a capture; unpack it")]
    [InlineData("printf 'PK\\3\\4abc' > x", "x: a zip archive, not a capture; unpack it")]
    [InlineData("tar -cf x traffic.tcap", "x: a tar archive, not a capture; unpack it")]
    [InlineData("printf 'PAR1\\0\\0' > x", "x: a Parquet file, not a capture; a database such as DuckDB reads it")]
    [InlineData("tracecap replay traffic.tcap --json > x", "x: JSON, not a capture; `tracecap import FILE -o CAPTURE`")]
    [InlineData("tracecap replay traffic.tcap > x", "x: text, not a capture")]
    [InlineData("tracecap report traffic.tcap -o x", "x: a page of HTML, not a capture; a browser shows it")]
    [InlineData("tracecap plot cdf traffic.tcap -o x.svg && mv x.svg x", "x: a picture, not a capture")]
    [InlineData("printf PERFILE2 > x", "x: a recording of perf, not a capture; perf reads it")]
    [InlineData("printf '\\xc1\\x1f\\xfc\\xc1' > x", "x: a trace in the Common Trace Format, not a capture; babeltrace2 reads it")]
    [InlineData("mkdir x", "x: a folder, not a capture; name the files in it, such as x/*.tcap")]
    public void What_is_something_else_is_named_for_what_it_is(string make, string message)
    {
        var result = Shell.Run($"cp traffic.tcap {folder} && cd {folder} && {make} && tracecap summary x");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("tracecap: " + message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_is_named_for_what_it_is()
    {
        var result = Shell.Run($": > {folder}/x; tracecap replay {folder}/x");
        Assert.Equal((3, $"tracecap: {folder}/x: empty: there is nothing in it; `tracecap record -o FILE` writes captures\n"), (result.Code, result.Error));
    }

    [Fact]
    public void Lines_of_JSON_are_imported_compressed_as_well()
    {
        AssertDone($"tracecap replay traffic.tcap --all --json | zstd -qc > {folder}/lines && tracecap import {folder}/lines -o {folder}/x.tcap");
        Assert.Equal(Shell.Run("tracecap lifetimes traffic.tcap").Text.Length, Shell.Run($"tracecap lifetimes {folder}/x.tcap").Text.Length);
        Assert.Contains("an executable", Shell.Run($"tracecap import /bin/sh -o {folder}/y.tcap").Error, StringComparison.Ordinal);
    }

    private void Write(string name, ulong second, TcpEventType type)
    {
        using var file = File.Create(Path.Combine(folder, name));
        var time = second * 1_000_000_000;
        var writer = new CaptureWriter(file, new CaptureHeader { BootId = "boot", Start = new ClockAnchor(time, 0, time) });
        writer.Append(new TcpEvent { Timestamp = time, Type = type, IpVersion = 4, Connection = 1, LocalPort = 1, PeerPort = 443, Pid = 1, Comm = new ThreadName("one") });
        writer.Complete("rotated", null);
    }

    private static void AssertDone(string line)
    {
        var result = Shell.Run(line);
        Assert.True(result.Code == 0, result.Error);
    }

    private string Pack(string packer, string path)
    {
        var packed = Path.Combine(folder, "packed.tcap");
        AssertDone($"{packer} {path} > {packed}");
        return packed;
    }
}
