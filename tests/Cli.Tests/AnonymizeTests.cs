using System.Text.Json;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

public sealed partial class AnonymizeTests : IDisposable
{
    private const string Secret = "secret-of-the-test-32-bytes-long";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public AnonymizeTests()
    {
        File.WriteAllText(Key, Secret);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public static TheoryData<string> Captures => ["traffic.tcap", "nginx.tcap", "lossy.tcap", "incident.tcap", "tcptracer-example.tcap"];

    private string Key => Path.Combine(folder, "key");

    private string Output => Path.Combine(folder, "public.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Rows and groups stand in another order where names decide it, so they are compared as sets.</summary>
    [Theory]
    [MemberData(nameof(Captures))]
    public void What_is_figured_is_the_same_but_for_names(string capture)
    {
        Assert.Equal((0, "", ""), Outcome(Tracecap.Run("anonymize", capture, "-o", Output, "--key", Key)));

        Assert.Equal(Tracecap.Run("churn", capture, "--json").Text, Tracecap.Run("churn", Output, "--json").Text);
        Assert.Equal(Rows("lifetimes", capture), Rows("lifetimes", Output));
        Assert.Equal(Rows("replay", capture, "--all"), Rows("replay", Output, "--all"));
        foreach (var by in new[] { "process", "service", "peer", "unit", "errno" })
        {
            Assert.Equal(Numbers(capture, by), Numbers(Output, by));
        }

        Assert.Equal(Tracecap.Run("verify", capture).Text.Split(": ")[1], Tracecap.Run("verify", Output).Text.Split(": ")[1]);
    }

    [Fact]
    public void The_same_key_gives_the_same_names_in_every_file_and_another_key_others()
    {
        var (second, third) = (Path.Combine(folder, "second.tcap"), Path.Combine(folder, "third.tcap"));
        Tracecap.Run("anonymize", "nginx.tcap", "-o", Output, "--key", Key);
        Tracecap.Run("anonymize", "nginx.tcap", "-o", second, "--key", Key);
        Tracecap.Run("anonymize", "nginx.tcap", "-o", third, "--random-key");

        Assert.Equal(Tracecap.Run("replay", Output, "--json").Text, Tracecap.Run("replay", second, "--json").Text);
        Assert.NotEqual(Tracecap.Run("replay", Output, "--json").Text, Tracecap.Run("replay", third, "--json").Text);
    }

    [Fact]
    public void The_file_says_how_it_was_anonymized_and_not_the_key()
    {
        Tracecap.Run("anonymize", "nginx.tcap", "-o", Output, "--key", Key, "--keep", "unit", "--drop", "comm", "--ports", "--shift-times");
        var info = Tracecap.Run("info", Output).Text;

        Assert.Contains(
            "anonymized addresses by Crypto-PAn, special ranges kept; ids permuted; ports permuted; names hashed but for unit, without comm; times shifted",
            info,
            StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(Output)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_others_can_read_is_warned_of()
    {
        if (OperatingSystem.IsWindows())
        {
            // There are no such modes.
            return;
        }

        File.SetUnixFileMode(Key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var result = Tracecap.Run("anonymize", "nginx.tcap", "-o", Output, "--key", Key);

        Assert.Equal((0, $"tracecap: --key {Key}: others can read it, and then undo what it does; `chmod 600` makes it yours alone\n"), (result.Code, result.Error));
    }

    /// <summary>Which groups there are and what changed in each; the names are others.</summary>
    [Theory]
    [InlineData("--by", "process")]
    [InlineData("--by", "peer")]
    public void Two_captures_differ_as_before(params string[] options)
    {
        var other = Path.Combine(folder, "other.tcap");
        Tracecap.Run("anonymize", "nginx.tcap", "-o", Output, "--key", Key, "--shift-times", "--ports");
        Tracecap.Run("anonymize", "incident.tcap", "-o", other, "--key", Key, "--shift-times", "--ports");

        Assert.Equal(Masked("nginx.tcap", "incident.tcap"), Masked(Output, other));

        string[] Masked(string before, string after) =>
            [.. Regex.Split(Tracecap.Run(["diff", before, after, "--json", .. options]).Text, "(?<=[}\\]])").Select(part => Regex.Replace(part, "\"[^\"]*\":\"[^\"]*\"", "_")).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void Anonymized_parts_of_one_boot_are_merged_as_they_would_have_been()
    {
        var parts = new[] { ("first.tcap", "--to"), ("second.tcap", "--from") }.Select(part =>
        {
            var (cut, made) = (Path.Combine(folder, part.Item1), Path.Combine(folder, "public-" + part.Item1));
            Assert.Equal(0, Tracecap.Run("cut", "nginx.tcap", "-o", cut, part.Item2, "0.4").Code);
            Assert.Equal(0, Tracecap.Run("anonymize", cut, "-o", made, "--key", Key, "--shift-times").Code);
            return made;
        }).ToArray();
        Tracecap.Run("anonymize", "nginx.tcap", "-o", Output, "--key", Key, "--shift-times");
        var merged = Path.Combine(folder, "merged.tcap");

        Assert.Equal(0, Tracecap.Run(["merge", .. parts, "-o", merged]).Code);
        Assert.Equal(Tracecap.Run("replay", Output, "--json", "--all").Text, Tracecap.Run("replay", merged, "--json", "--all").Text);
    }

    [Fact]
    public void A_capture_that_was_cut_short_is_anonymized_as_far_as_it_goes_and_ends_with_3()
    {
        var file = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        var result = Tracecap.Run(file[..^1], "anonymize", "-", "-o", Output, "--key", Key);

        Assert.Equal(3, result.Code);
        Assert.StartsWith($"{Output}: ok, 9,000 events", Tracecap.Run("verify", Output).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--key FILE or --random-key")]
    [InlineData("--key FILE or --random-key", "--random-key", "--key", "README.md")]
    [InlineData("64 hexadecimal digits", "--key", "README.md")]
    [InlineData("no kind of name", "--random-key", "--keep", "shoes")]
    [InlineData("--keep and --drop", "--random-key", "--keep", "comm", "--drop", "comm")]
    public void What_cannot_be_is_told(string expected, params string[] options)
    {
        var result = Tracecap.Run(["anonymize", "nginx.tcap", "-o", Output, .. options]);

        Assert.Equal(2, result.Code);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Output));
    }

    private static (int Code, string Text, string Error) Outcome(Tracecap.Result result) => (result.Code, result.Text, result.Error);

    /// <summary>Rows without what is of names and ids, in an order that they do not decide.</summary>
    private static string[] Rows(string command, string capture, params string[] options) =>
    [
        .. Tracecap.Run([command, "--json", capture, .. options]).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Names().Replace(Bytes().Replace(line, ""), "\"$1\":_"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>All numbers of a summary, group by group.</summary>
    /// <summary>What is counted and measured of each group; the names of groups are the texts.</summary>
    private static string[] Numbers(string capture, string by)
    {
        var rows = Tracecap.Run("summary", capture, "--by", by, "--format", "ndjson");
        Assert.Equal(0, rows.Code);
        return
        [
            .. rows.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => string.Join(',', JsonDocument.Parse(line).RootElement.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.String)))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Only of names that are not UTF-8.</summary>
    [GeneratedRegex("\"[a-z.]*thread[.]name[.]bytes\":\"[0-9a-f]*\",")]
    private static partial Regex Bytes();

    [GeneratedRegex("\"((?:host|process|thread|closed[.]process|closed[.]thread|peer[.]process|peer[.]thread|container|k8s[.]pod|user)[.][a-z.]+|network[.](?:local|peer)[.]address|connection[.]id|linux[.][a-z.]+|systemd[.]unit|linux[.]mntns|user[.]id)\":(?:\"(?:[^\"\\\\]|\\\\.)*\"|[0-9]+)")]
    private static partial Regex Names();
}
