using TraceCap.Exports.DuckDb;

namespace TraceCap.Exports.Tests;

/// <summary>What SQL cannot do unless files are allowed.</summary>
public sealed class SqlSandboxTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public SqlSandboxTests()
    {
        File.WriteAllText(Path.Combine(folder, "secret.csv"), "a,b\n1,2\n");
        File.WriteAllText(Path.Combine(folder, "secret.tcap"), "a,b\n1,2\n");
    }

    public static TheoryData<string> Attempts =>
    [
        "SELECT * FROM '{0}/secret.csv'",
        "SELECT * FROM read_csv('{0}/secret.csv')",
        "SELECT * FROM read_text('{0}/secret.csv')",
        "SELECT * FROM read_blob('{0}/secret.csv')",
        "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM read_parquet('{0}/secret.csv')",
        "SELECT * FROM read_json('{0}/secret.csv')",
        "SELECT * FROM sniff_csv('{0}/secret.csv')",
        "SELECT * FROM parquet_metadata('{0}/secret.csv')",
        "SELECT * FROM glob('{0}/*')",
        "SELECT * FROM 'https://127.0.0.1:1/x.csv'",
        "COPY (SELECT 1) TO '{0}/out.csv'",
        "COPY (SELECT 1) TO '{0}/out.parquet' (FORMAT parquet)",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "CREATE TABLE t (a VARCHAR); COPY t FROM '{0}/secret.csv'",
        "EXPORT DATABASE '{0}/all'",
        "IMPORT DATABASE '{0}'",
        "ATTACH '{0}/new.db'",
        "ATTACH '{0}/new.db' AS other (READ_ONLY)",
        "INSTALL httpfs",
        "INSTALL 'x' FROM '{0}'",
        "LOAD '{0}/x.duckdb_extension'",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET enable_external_access",
        "SET lock_configuration = false",
        "SET allowed_directories = ['/']",
        "SET allowed_paths = ['{0}/secret.csv']",
        "SET temp_directory = '{0}'",
        "SET profiling_output = '{0}/out'",
        "PRAGMA enable_profiling = 'json'",
        "SET log_query_path = '{0}/out'",
        "SET autoinstall_known_extensions = true",
        "SET extension_directory = '{0}'",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
        "SELECT getenv('HOME')",
        "SELECT * FROM 'file:{0}/secret.csv'",
        "SELECT * FROM read_text('file://{0}/secret.csv')",
        "SELECT * FROM read_text('{1}/../{2}/secret.csv')",
        "SELECT * FROM glob('{1}/../{2}/*')",
        "SELECT * FROM read_duckdb('{0}/secret.csv')",
        "SELECT * FROM read_json_objects('{0}/secret.csv')",
        "SELECT * FROM parquet_kv_metadata('{0}/secret.csv')",
        "FROM query('FROM read_' || 'text(''{0}/secret.csv'')')",
        "FROM query_table('{0}/secret.csv')",
        "COPY (SELECT 1) TO '{1}/../{2}/out.csv'",
        "COPY (SELECT 1) TO PROGRAM 'touch {0}/out'",
        "COPY (SELECT 1 AS a, 2 AS b) TO '{0}' (FORMAT csv, PARTITION_BY a, OVERWRITE true)",
        "ATTACH '{1}/../{2}/new.db'",
        "SELECT * FROM arrow_scan(1, 2, 3)",
        "SELECT write_log('x', level := 'warning')",
        "CALL {3}",
        "CALL Enable_Logging(storage => 'file', storage_path => '{0}/log')",
        "FROM system.main.\"enable_logging\"(storage => 'file', storage_path => '{0}/log')",
        "FROM query('FROM enable' || '_' || 'logging(storage => ''file'', storage_path => ''{0}/log'')')",
        "FROM query('FROM enable' || '_' || 'logging(storage => ''stdout'')')",
        "CALL disable_logging(); CALL {3}",
        "FROM query('FROM disable' || '_' || 'logging()'); CALL {3}",
        "FROM disable_logging(), {3}",
        "WITH a AS MATERIALIZED (FROM disable_logging()), b AS MATERIALIZED (FROM {3}) FROM a UNION ALL FROM b",
        "PREPARE p AS FROM disable_logging(); PREPARE q AS FROM {3}; EXECUTE p; EXECUTE q",
        "CREATE VIEW v AS FROM {3}; CALL disable_logging(); FROM v",
        "CREATE MACRO m() AS TABLE FROM {3}; FROM disable_logging(); FROM m()",
        "EXPLAIN ANALYZE FROM {3}",
        "CREATE TABLE t AS FROM {3}",
        // What a session may write is its own folder; an import runs the statements that it finds there.
        "EXPORT DATABASE '{1}/x'; COPY (SELECT $$CALL disable_logging(); CALL {3};$$) TO '{1}/x/schema.sql' (FORMAT csv, HEADER false, QUOTE ''); IMPORT DATABASE '{1}/x'",
        "SELECT * FROM events('{0}/secret.csv')",
        "SELECT * FROM '{0}/secret.tcap'",
        "SELECT * FROM read_events('{0}/secret.csv')",
    ];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Attempts))]
    public void SQL_reaches_nothing_but_captures(string attempt)
    {
        using var session = new QuerySession(SampleCaptures.Path("tcptracer-example"));
        var own = session.One("SELECT current_setting('temp_directory')");
        var log = $"enable_logging(storage => 'file', storage_path => '{folder}/log')";
        var error = Assert.ThrowsAny<Exception>(() => session.Rows(string.Format(null, attempt, folder, own, Path.GetFileName(folder), log)));
        Assert.DoesNotContain("1,2", error.Message, StringComparison.Ordinal);
        Assert.Equal(["secret.csv", "secret.tcap"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("8", session.One("SELECT count(*) FROM events"));
    }

    /// <summary>That makes errors of warnings, and needs a transaction: neither is to be felt.</summary>
    [Fact]
    public void The_guard_of_the_logs_is_not_in_the_way()
    {
        using var session = new QuerySession(SampleCaptures.Path("tcptracer-example"));
        Assert.Equal("[2, 3]", session.One("SELECT list_transform([1, 2], x -> x + 1)"));
        session.Rows("BEGIN; CREATE TABLE t AS SELECT * FROM events");
        session.Rows("CALL disable_logging(); INSERT INTO t SELECT * FROM events");
        session.Rows("COMMIT");
        Assert.Equal("16", session.One("SELECT count(*) FROM t"));
        Assert.Contains("only with --allow-files", Assert.Throws<SqlException>(() => session.Rows("CALL enable_logging()")).Message, StringComparison.Ordinal);
        Assert.Equal("0", session.One("SELECT count(*) FROM duckdb_logs"));
    }

    [Fact]
    public void With_files_allowed_SQL_reads_and_writes_them()
    {
        using var session = new QuerySession(allowFiles: true, SampleCaptures.Path("tcptracer-example"));
        Assert.Equal("2", session.One($"SELECT b FROM '{folder}/secret.csv'"));
        session.Rows($"COPY (SELECT count(*) AS n FROM events) TO '{folder}/out.csv'");
        Assert.Equal("n\n8\n", File.ReadAllText(Path.Combine(folder, "out.csv")));
        session.Rows($"CALL enable_logging(storage => 'file', storage_path => '{folder}/log'); SELECT 1; CALL disable_logging()");
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(folder, "log")));
    }

    /// <summary>What does not fit into memory goes to a folder of the session, which is gone with it.</summary>
    [Fact]
    public void The_folder_of_a_session_is_gone_with_it()
    {
        string place;
        using (var session = new QuerySession(SampleCaptures.Path("tcptracer-example")))
        {
            place = session.One("SELECT current_setting('temp_directory')")!;
            using var output = new MemoryStream();
            session.Sql.WriteParquet("SELECT * FROM events -- all of them", output);
            Assert.Equal("PAR1"u8, output.ToArray().AsSpan(0, 4));
            Assert.True(Directory.Exists(place));
            Assert.Empty(Directory.EnumerateFileSystemEntries(place));
            Assert.Throws<SqlException>(() => session.Sql.WriteParquet($"SELECT 1) TO '{folder}/out.csv'; --", output));
        }

        Assert.False(Directory.Exists(place));
    }
}
