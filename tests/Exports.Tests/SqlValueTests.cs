using System.Globalization;
using TraceCap.Exports.DuckDb;

namespace TraceCap.Exports.Tests;

/// <summary>How values of SQL look.</summary>
public sealed class SqlValueTests
{
    [Theory]
    [InlineData("1::TINYINT", "1")]
    [InlineData("-1::TINYINT", "-1")]
    [InlineData("(-9223372036854775808)::BIGINT", "-9223372036854775808")]
    [InlineData("18446744073709551615::UBIGINT", "18446744073709551615")]
    [InlineData("(-170141183460469231731687303715884105727)::HUGEINT", "-170141183460469231731687303715884105727")]
    [InlineData("340282366920938463463374607431768211455::UHUGEINT", "340282366920938463463374607431768211455")]
    [InlineData("0.1::DOUBLE", "0.1")]
    [InlineData("-1.5::FLOAT", "-1.5")]
    [InlineData("'inf'::DOUBLE", null)]
    [InlineData("1234567.50::DECIMAL(18,2)", "1234567.50")]
    [InlineData("-0.05::DECIMAL(4,2)", "-0.05")]
    [InlineData("-12345678901234567890.125::DECIMAL(38,3)", "-12345678901234567890.125")]
    [InlineData("true", "true")]
    [InlineData("NULL", null)]
    [InlineData("''", "")]
    [InlineData("'twelve bytes'", "twelve bytes")]
    [InlineData("'thirteen bytes, and more ü'", "thirteen bytes, and more ü")]
    [InlineData("'\\xAA'::BLOB", "aa")]
    [InlineData("TIMESTAMP_NS '2026-01-31 23:59:59.123456789'", "2026-01-31T23:59:59.123456789Z")]
    [InlineData("TIMESTAMP '1969-12-31 23:59:59.5'", "1969-12-31T23:59:59.500000Z")]
    [InlineData("'2026-01-31 23:59:59'::TIMESTAMP_S", "2026-01-31T23:59:59Z")]
    [InlineData("'2026-01-31 23:59:59.123'::TIMESTAMP_MS", "2026-01-31T23:59:59.123Z")]
    [InlineData("'infinity'::TIMESTAMP", "infinity")]
    [InlineData("DATE '2026-01-31'", "2026-01-31")]
    [InlineData("DATE '1969-12-31'", "1969-12-31")]
    [InlineData("TIME '23:59:59.5'", "23:59:59.5")]
    [InlineData("INTERVAL '1 month 2 days 90 seconds'", "1 month 2 days 00:01:30")]
    [InlineData("INTERVAL '-1.5 seconds'", "-00:00:01.5")]
    [InlineData("INTERVAL '0 seconds'", "00:00:00")]
    [InlineData("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")]
    [InlineData("'b'::ENUM('a', 'b')", "b")]
    [InlineData("[1, NULL, -3]", "[1, NULL, -3]")]
    [InlineData("[1, 2]::INTEGER[2]", "[1, 2]")]
    [InlineData("[['a'], []]", "[[a], []]")]
    [InlineData("{'a': 1, 'b': 'x'}", "{'a': 1, 'b': x}")]
    [InlineData("MAP {'a': 1.5, 'b': 2}", "{a=1.5, b=2.0}")]
    public void A_value_looks_as_it_should(string sql, string? shown)
    {
        using var session = new QuerySession();
        Assert.Equal(shown, session.One($"SELECT {sql}"));
        // Behind others, and where vectors have their second word of validity.
        Assert.Equal(Enumerable.Repeat(shown, 3000), session.Rows($"SELECT {sql} FROM range(3000)").Select(row => row[0]));
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("ar-SA")]
    [InlineData("tr-TR")]
    public void Values_look_the_same_in_any_culture(string name)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NegativeSign = "~";
            culture.NumberFormat.NumberDecimalSeparator = name.Length == 5 ? "," : ";";
            CultureInfo.CurrentCulture = culture;
            using var session = new QuerySession(SampleCaptures.Path("tcptracer-example"));
            Assert.Equal(["-1.5", "-2", "2026-01-31", "8"], session.Rows("SELECT -1.5::DOUBLE, -2, DATE '2026-01-31', (SELECT count(*) FROM events(\"from\" => 0.0))")[0]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Columns_of_one_name_are_told_apart()
    {
        using var session = new QuerySession();
        using var result = session.Sql.Run("SELECT 1 AS a, 2 AS A, 3 AS a")!;
        Assert.Equal(["a", "A_1", "a_2"], result.Columns.Select(column => column.Name));
    }

    [Fact]
    public void Several_statements_give_the_rows_of_the_last()
    {
        using var session = new QuerySession();
        Assert.Equal("3", session.One("CREATE TABLE t AS SELECT 1 AS a; INSERT INTO t VALUES (2); SELECT sum(a) FROM t;"));
        Assert.Empty(session.Rows("CREATE TABLE u (a INTEGER)"));
        Assert.True(Assert.Throws<SqlException>(() => session.Rows("SELEC 1")).IsUsage);
        Assert.True(Assert.Throws<SqlException>(() => session.Rows(" -- nothing")).IsUsage);
    }

    /// <summary>A plan is drawn over many lines.</summary>
    [Theory]
    [InlineData("EXPLAIN SELECT count(*) FROM events")]
    [InlineData("EXPLAIN ANALYZE SELECT count(*) FROM events")]
    public void A_plan_has_a_row_for_each_line(string sql)
    {
        using var session = new QuerySession(SampleCaptures.Path("tcptracer-example"));
        var rows = session.Rows(sql);
        Assert.True(rows.Length > 5);
        Assert.All(rows, row => Assert.DoesNotContain('\n', Assert.Single(row)!));
        Assert.Contains(rows, row => row[0]!.Contains("READ_EVENTS", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("events(\"from\" => INTERVAL 100 MILLISECOND)", "events(\"from\" => '100ms')")]
    [InlineData("events(\"from\" => INTERVAL (-300) MILLISECOND)", "events(\"from\" => '-300ms')")]
    [InlineData("connections(min => INTERVAL 10 MILLISECOND)", "connections(min => '10ms')")]
    public void An_interval_is_a_duration(string interval, string duration)
    {
        using var session = new QuerySession(SampleCaptures.Path("nginx"));
        var expected = session.One($"SELECT count(*) FROM {duration}");
        Assert.NotEqual("0", expected);
        Assert.Equal(expected, session.One($"SELECT count(*) FROM {interval}"));
        Assert.Contains("no fixed length", Assert.Throws<SqlException>(() => session.One("FROM connections(min => INTERVAL 1 MONTH)")).Message, StringComparison.Ordinal);
    }
}
