using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TraceCap.Cli.Tests;

/// <summary><c>tracecap query</c>: what stands on the command line, where rows go, and what is said when something is wrong.</summary>
public sealed partial class QueryTests : IDisposable
{
    private const string Example = "tcptracer-example.tcap";
    private const string CountEvents = "SELECT count(*) AS events FROM events";

    private const string LossyWarning =
        "tracecap: samples/captures/lossy.tcap: 278 of 1,604 events were lost while recording, so counts may be too low; the table losses tells when\n";

    /// <summary>With UPDATE_GOLDENS=1 what the page shows is written anew, to be read before it is committed.</summary>
    private static readonly bool update = Environment.GetEnvironmentVariable("UPDATE_GOLDENS") == "1";

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Queries => [.. QueriesOf(File.ReadAllText(Page)).Select(query => query.Groups["title"].Value)];

    private static string Page => Repository.File("docs/sql.md");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Queries))]
    public void A_query_of_the_page_answers_what_the_page_shows(string title)
    {
        var page = File.ReadAllText(Page);
        var query = QueriesOf(page).Single(one => one.Groups["title"].Value == title);
        var captures = Directory.GetFiles(Repository.File("samples/captures"), "*.tcap").Order(StringComparer.Ordinal).Select(path => $"samples/captures/{Path.GetFileName(path)}");
        var result = Run(Repository.Root, [.. captures, query.Groups["sql"].Value]);
        Assert.Equal(0, result.Code);
        Assert.True(result.Error is "" or LossyWarning, result.Error);
        Assert.NotEmpty(result.Text);
        if (update)
        {
            var shown = query.Groups["shown"];
            File.WriteAllText(Page, page[..shown.Index] + result.Text + page[(shown.Index + shown.Length)..]);
            return;
        }

        Assert.Equal(query.Groups["shown"].Value, result.Text);
    }

    [Fact]
    public void The_page_has_twenty_queries() => Assert.Equal(20, Queries.Count);

    /// <summary>Each type of event, counted in <c>replay --json</c>.</summary>
    [Theory]
    [InlineData("nginx.tcap")]
    [InlineData("traffic.tcap")]
    [InlineData("lossy.tcap")]
    public void Counts_are_those_of_JSON(string capture)
    {
        var json = Tracecap.Run("replay", capture, "--json", "--all").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var counted = json.GroupBy(one => one.GetProperty("event.name").GetString()!).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key},{group.Count()},{group.Sum(one => one.TryGetProperty("received_bytes", out var bytes) ? bytes.GetInt64() : 0)}");
        var rows = Run("samples/captures", capture, "SELECT event_name, count(*), coalesce(sum(received_bytes), 0) FROM events GROUP BY event_name ORDER BY event_name", "--format", "csv").Text;
        Assert.Equal(counted, rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1));
    }

    [Theory]
    [InlineData("csv", "a,b\n1,x\n,\"y,z\"\n")]
    [InlineData("tsv", "a\tb\n1\tx\n\ty,z\n")]
    [InlineData("json", "[\n{\"a\":1,\"b\":\"x\"},\n{\"b\":\"y,z\"}\n]\n")]
    [InlineData("ndjson", "{\"a\":1,\"b\":\"x\"}\n{\"b\":\"y,z\"}\n")]
    [InlineData("markdown", "| a | b |\n|---:|---|\n| 1 | x |\n| - | y,z |\n")]
    [InlineData("table", "a  b\n1  x\n-  y,z\n")]
    public void Rows_have_all_formats(string format, string shown) =>
        Assert.Equal((0, shown, ""), Told(Tracecap.Run("query", "SELECT * FROM (VALUES (1, 'x'), (NULL, 'y,z')) AS t(a, b)", "--format", format)));

    [Fact]
    public void The_end_of_a_name_tells_the_format_of_a_file()
    {
        var csv = Path.Combine(folder, "rows.csv");
        Assert.Equal((0, "", ""), Told(Tracecap.Run("query", Example, CountEvents, "-o", csv)));
        Assert.Equal("events\n8\n", File.ReadAllText(csv));
        Assert.Equal(1, Tracecap.Run("query", Example, CountEvents, "-o", csv).Code);
        Assert.Equal(0, Tracecap.Run("query", Example, CountEvents, "-o", csv, "--force").Code);

        var parquet = Path.Combine(folder, "rows.parquet");
        Assert.Equal((0, "", ""), Told(Tracecap.Run("query", Example, "SELECT * FROM events;", "-o", parquet)));
        Assert.Equal("8\n", Tracecap.Run("query", "--allow-files", $"SELECT count(*) AS n, max(time) FROM '{parquet}'", "--format", "csv", "--fields", "n").Text.Split("n\n")[1]);
        Assert.Equal(2, Tracecap.Run("query", Example, CountEvents, "-o", parquet, "--force", "--format", "csv").Code);
        Assert.Equal(["rows.csv", "rows.parquet"], Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void SQL_comes_from_standard_input_too()
    {
        Assert.Equal((0, "events\n8\n", ""), Told(Tracecap.Run([.. "SELECT count(*) AS events\nFROM events;\n"u8], "query", Example, "-", "--format", "csv")));
        Assert.Equal((0, "n\n8\n", ""), Told(Tracecap.Run("query", $"SELECT count(*) AS n FROM '{Example}'", "--format", "csv")));
        Assert.Equal((0, "n\n8\n", ""), Told(Tracecap.Run("query", "tcptracer-exampl?.tcap", "SELECT count(*) AS n FROM events", "--format", "csv")));
    }

    [Theory]
    [InlineData(2, "there is no SQL", Example)]
    [InlineData(2, "Parser Error", Example, "SELEC 1 ")]
    [InlineData(2, "line 1", Example, "SELECT nothing FROM events")]
    [InlineData(2, "standard input can be read once only", "-", "SELECT 1")]
    [InlineData(2, "events(): ", Example, "SELECT * FROM events(port => 'many')")]
    [InlineData(1, "none.tcap: no such file", "none.tcap", "SELECT count(*) FROM events")]
    [InlineData(1, "record.sh", "record.sh", "SELECT count(*) FROM events")]
    [InlineData(1, "/dev/zero", "/dev/zero", "SELECT count(*) FROM events")]
    [InlineData(1, "Conversion Error", Example, "SELECT thread_name::INTEGER FROM events")]
    public void What_is_wrong_is_said_in_one_message(int code, string message, params string[] arguments)
    {
        var result = Tracecap.Run(["query", .. arguments]);
        Assert.Equal((code, ""), (result.Code, result.Text));
        Assert.StartsWith("tracecap: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.All(result.Error.Split('\n')[1..^1], line => Assert.StartsWith("  ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_read_is_said_once_and_the_exit_code_tells()
    {
        var cut = Path.Combine(folder, "cut.tcap");
        var bytes = File.ReadAllBytes(Repository.File("samples/captures/nginx.tcap"));
        File.WriteAllBytes(cut, bytes[..^100]);
        var result = Tracecap.Run("query", cut, "SELECT (SELECT count(*) FROM events) AS a, (SELECT count(*) FROM events) AS b, (SELECT count(*) FROM connections) > 0 AS c", "--format", "csv");
        Assert.Equal(3, result.Code);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.Contains("truncated", StringComparison.Ordinal));
        Assert.EndsWith(",true\n", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_lost_is_said_once_and_is_no_failure()
    {
        var result = Run(Repository.Root, "samples/captures/lossy.tcap", "SELECT (SELECT count(*) FROM events) AS a, (SELECT count(*) FROM connections) AS b", "--format", "csv");
        Assert.Equal((0, "a,b\n1326,666\n", LossyWarning), Told(result));
        Assert.Equal("", Run(Repository.Root, "samples/captures/lossy.tcap", "SELECT lost FROM captures").Error);
    }

    /// <summary>A name may be anything, also where SQL makes a column of it.</summary>
    [Fact]
    public void Hostile_names_stay_what_they_are()
    {
        var names = new[] { "=1+1", "a\"b", "c'; DROP", "\x1b[31mred", "x,y\nz", "日本語", "\u202eevil" };
        var lines = Path.Combine(folder, "events.ndjson");
        var capture = Path.Combine(folder, "hostile.tcap");
        var first = File.ReadLines(Repository.File("samples/captures/tcptracer-example/events.ndjson")).First();
        File.WriteAllLines(lines, names.Select((name, i) => CommOf().Replace(first, $"\"thread.name\":{JsonSerializer.Serialize(name)}")));
        Assert.Equal(0, Tracecap.Run("import", lines, "-o", capture).Code);

        var json = Tracecap.Run("query", capture, "PIVOT (SELECT thread_name, 1 AS one FROM events) ON thread_name USING sum(one)", "--format", "json");
        Assert.Equal(0, json.Code);
        Assert.Equal(names.Order(StringComparer.Ordinal), JsonDocument.Parse(json.Text).RootElement[0].EnumerateObject().Select(one => one.Name).Order(StringComparer.Ordinal));
        var csv = Tracecap.Run("query", capture, "SELECT thread_name FROM events ORDER BY thread_name", "--format", "csv").Text;
        Assert.Contains("\"'=1+1\"", csv, StringComparison.Ordinal);
        var table = Tracecap.Run("query", capture, "PIVOT (SELECT thread_name, 1 AS one FROM events) ON thread_name USING sum(one)").Text;
        Assert.DoesNotContain('\x1b', table);
        Assert.Contains("\\u001b[31mred", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_written_while_they_come()
    {
        using var process = Tracecap.Start("query", "nginx.tcap", "SELECT a.sequence FROM events a, events b, events c", "--format", "csv");
        for (var i = 0; i < 100_000; i++)
        {
            Assert.NotNull(process.StandardOutput.ReadLine());
        }

        // Who has enough closes the pipe.
        process.StandardOutput.Close();
        Assert.Equal("", process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Interrupted_it_ends_and_leaves_nothing()
    {
        var path = Path.Combine(folder, "rows.csv");
        using var process = Tracecap.Start("query", "nginx.tcap", "SELECT a.sequence FROM events a, events b, events c, events d", "-o", path);
        while (!Directory.EnumerateFiles(folder).Any(file => new FileInfo(file).Length > 0))
        {
            Assert.False(process.HasExited);
            Thread.Yield();
        }

        Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();
        Assert.Equal("tracecap: interrupted\n", process.StandardError.ReadToEnd());
        process.WaitForExit();
        Assert.Equal(130, process.ExitCode);
        Assert.Empty(Directory.EnumerateFiles(folder));
    }

    [Fact]
    public void The_tables_and_their_columns_are_listed()
    {
        var rows = Tracecap.Run("query", "--schema", "--format", "csv").Text.Split('\n');
        Assert.Equal("table,column,type,meaning", rows[0]);
        Assert.Contains(rows, row => row.StartsWith("events,time,TIMESTAMP_NS,", StringComparison.Ordinal));
        var shown = Run("samples/captures", Example, "SELECT table_name, column_name FROM duckdb_columns() WHERE table_name IN ('events', 'connections', 'captures', 'losses') ORDER BY ALL", "--format", "csv").Text.Split('\n').Skip(1);
        Assert.Equal(shown.Order(StringComparer.Ordinal), rows.Skip(1).Select(row => string.Join(',', row.Split(',').Take(2))).Order(StringComparer.Ordinal));
    }

    /// <summary>The prompt takes a terminal: Python's pty is one.</summary>
    [Fact]
    public async Task The_prompt_completes_answers_and_remembers()
    {
        var session = """
            import os, pty, signal, sys
            # Nothing below takes long; the terminal, and with it the prompt, ends with this script.
            signal.alarm(120)
            pid, fd = pty.fork()
            if pid == 0:
                os.environ.update(XDG_STATE_HOME=sys.argv[3], TERM='xterm', COLUMNS='200')
                os.execv(sys.argv[1], [sys.argv[1], 'query', sys.argv[2]])
            seen = b''
            def until(text):
                global seen
                while text not in seen:
                    got = os.read(fd, 4096)
                    seen += got
                    sys.stdout.buffer.write(got)
                    sys.stdout.buffer.flush()
                seen = seen[seen.index(text) + len(text):]
            def type(text, wait):
                os.write(fd, text)
                until(wait)
            until(b'tracecap> ')
            type(b'SELECT count(*) + 1000 AS n FROM eve\t', b'FROM event\x1b')
            type(b's\t', b'events ')
            type(b'\n', b'       -> ')
            type(b';\n', b'1008')
            until(b'tracecap> ')
            type(b'.schema captures\n', b'TIMESTAMP_NS')
            until(b'tracecap> ')
            type(b'SELECX 1;\n', b'Parser Error')
            until(b'tracecap> ')
            type(b'nothing\x03', b'^C')
            until(b'tracecap> ')
            type(b'.format csv\n', b'tracecap> ')
            type(b"SELECT 'a' AS x, 'b' AS yz\x1b[D\x1b[D\x1b[3~\x05, 2 AS q;\r", b'x,z,q')
            until(b'tracecap> ')
            type(b"SELECT 'again' AS r FROM range(100000000000);\n", b'again\r\nagain')
            os.write(fd, b'\x03')
            until(b'interrupted')
            until(b'tracecap> ')
            type(b'\x1b[A\x1b[A', b'2 AS q;')
            type(b'\r', b'a,b,2')
            until(b'tracecap> ')
            os.write(fd, b'\x04')
            _, status = os.waitpid(pid, 0)
            sys.exit(os.waitstatus_to_exitcode(status))
            """.Replace("            ", "", StringComparison.Ordinal);
        var start = new ProcessStartInfo("python3", ["-c", session, Tracecap.Path, Repository.File($"samples/captures/{Example}"), folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var said = await error;
        Assert.True(process.ExitCode == 0, output + said);
        Assert.Contains("SELECT count(*) + 1000 AS n FROM events \n", File.ReadAllText(Path.Combine(folder, "tracecap", "query_history")), StringComparison.Ordinal);
    }

    /// <summary>The executable alone, without what stands beside it.</summary>
    [Fact]
    public void Without_the_library_it_says_how_to_get_it_and_all_else_works()
    {
        Assert.SkipUnless(Tracecap.IsPublished, "only the published executable stands alone");
        var alone = Path.Combine(folder, "tracecap");
        File.Copy(Tracecap.Path, alone);
        using var query = Process.Start(new ProcessStartInfo(alone, ["query", "SELECT 1 "]) { RedirectStandardError = true })!;
        var error = query.StandardError.ReadToEnd();
        query.WaitForExit();
        Assert.Equal(1, query.ExitCode);
        Assert.Matches($"^tracecap: SQL is run by libduckdb\\.so .*{Regex.Escape(folder)}.*\n$", error);
        using var schema = Process.Start(new ProcessStartInfo(alone, ["query", "--schema"]) { RedirectStandardOutput = true })!;
        Assert.Contains("network_peer_address", schema.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        schema.WaitForExit();
        Assert.Equal(0, schema.ExitCode);
    }

    private static Tracecap.Result Run(string place, params string[] arguments)
    {
        var start = new ProcessStartInfo(Tracecap.Path, ["query", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.Combine(Repository.Root, place),
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return new Tracecap.Result(process.ExitCode, output.ToArray(), error.Result);
    }

    private static (int Code, string Output, string Error) Told(Tracecap.Result result) => (result.Code, result.Text, result.Error);

    private static MatchCollection QueriesOf(string page) => Query().Matches(page);

    [GeneratedRegex(@"^### \d+\. (?<title>.*)\n\n```sql\n(?<sql>[^`]*)```\n\n```text\n(?<shown>[^`]*)```", RegexOptions.Multiline)]
    private static partial Regex Query();

    [GeneratedRegex("\"thread.name\": ?\"[^\"]*\"")]
    private static partial Regex CommOf();
}
