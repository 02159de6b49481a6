using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Library;

/// <summary>What can be read from text says the same text of itself.</summary>
public sealed class FilterTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" --pid 7 ", "--pid 7")]
    [InlineData("-p 7 -p 8 -u 0 -N 4026531840 -4", "--pid 7 --pid 8 --uid 0 --netns 4026531840 -4")]
    [InlineData("--ipv6 --type=XA --compat", "-6 --type AX --compat")]
    [InlineData("--comm \"my thread\"", "--comm \"my thread\"")]
    [InlineData("--comm \"a\\\"b\\\\c\"", "--comm \"a\\\"b\\\\c\"")]
    [InlineData("--comm \"\"", "--comm \"\"")]
    [InlineData("--comm a=b", "--comm \"a=b\"")]
    [InlineData("--port 80,443 --addr 10.0.0.0/8 --addr ::1", "--port 80 --port 443 --addr 10.0.0.0/8 --addr ::1/128")]
    [InlineData("--container 0aF --unit nginx --cgroup /sys/fs/cgroup/a//b/", "--container 0aF --unit nginx.service --cgroup /a/b")]
    [InlineData("--cgroup /", "--cgroup /")]
    [InlineData("--from 1.5 --to 2026-01-31T23:59:59.5Z", "--from 1.500000000 --to 2026-01-31T23:59:59.500000000Z")]
    [InlineData("--from 17ns", "--from 17ns")]
    [InlineData("-L 22 -D 1,2 --min 1500us", "--local-port 22 --peer-port 1 --peer-port 2 --min 1500us")]
    public void A_filter_of_connections_says_what_it_was_read_from(string text, string said)
    {
        var filter = ConnectionFilter.Parse(text);
        Assert.Equal(said, filter.ToString());
        Assert.Equal(said, ConnectionFilter.Parse(said).ToString());
        Assert.Equal(said.Length == 0, filter.IsAny);
    }

    [Theory]
    [InlineData("--pid")]
    [InlineData("--pid x")]
    [InlineData("--pid 0")]
    [InlineData("--pid -1")]
    [InlineData("--port 80,x")]
    [InlineData("--port 65536")]
    [InlineData("--addr 10.0.0.1/8")]
    [InlineData("--type Z")]
    [InlineData("--comm 0123456789abcdef")]
    [InlineData("--comm \"open")]
    [InlineData("--container xyz")]
    [InlineData("--unit a/b")]
    [InlineData("--cgroup a")]
    [InlineData("--from tomorrow")]
    [InlineData("--from 2 --to 1")]
    [InlineData("-4 -6")]
    [InlineData("-6 -4")]
    [InlineData("--min 5")]
    [InlineData("--colour red")]
    [InlineData("7")]
    public void What_is_no_filter_is_refused(string text)
    {
        Assert.Throws<FormatException>(() => ConnectionFilter.Parse(text));
        Assert.False(ConnectionFilter.TryParse(text, null, out _));
        Assert.False(CaptureFilter.TryParse(text, null, out _));
        Assert.False(EventFilter.TryParse(text, null, out _));
    }

    [Fact]
    public void A_filter_knows_its_own_options_only()
    {
        Assert.True(CaptureFilter.TryParse("--from 1", null, out _));
        Assert.False(EventFilter.TryParse("--from 1", null, out _));
        Assert.True(ConnectionFilter.TryParse("--peer-port 1", null, out _));
        Assert.False(CaptureFilter.TryParse("--peer-port 1", null, out _));
        Assert.Contains("--peer-port", Assert.Throws<FormatException>(() => ConnectionFilter.Parse("--x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_was_read_filters()
    {
        var filter = EventFilter.Parse("--comm wrk --port 80,443 --addr 10.0.0.0/8");
        var e = new TcpEvent { Comm = new ThreadName("wrk"), PeerPort = 443, PeerAddress = Address.Parse("10.1.2.3"), IpVersion = 4 };
        Assert.True(filter.Matches(in e));
        e.PeerPort = 444;
        Assert.False(filter.Matches(in e));
    }

    [Theory]
    [InlineData("1.2.3.4")]
    [InlineData("::1")]
    [InlineData("fe80::1:2")]
    [InlineData("0.0.0.0")]
    public void An_address_is_read_and_written(string text)
    {
        Assert.Equal(text, Address.Parse(text).ToString());
        Assert.Equal(text, $"{Address.Parse(text)}");
        Assert.Equal("102:304::", Address.Parse("1.2.3.4").ToString("6", null));
        Assert.Throws<FormatException>(() => Address.Parse("1.2.3.4").ToString("x", null));
        Assert.False(Address.TryParse("nobody", null, out _));
    }

    [Fact]
    public void Times_are_made_of_the_types_of_the_runtime()
    {
        var wall = new DateTimeOffset(2026, 1, 31, 23, 59, 59, 500, TimeSpan.Zero);
        Assert.Equal(TimePoint.Parse("2026-01-31T23:59:59.5Z"), TimePoint.At(wall));
        Assert.Equal(TimePoint.Parse("2026-01-31T23:59:59.5Z"), TimePoint.At(wall.ToOffset(TimeSpan.FromHours(2))));
        Assert.Equal(TimePoint.Parse("1.5"), TimePoint.After(TimeSpan.FromSeconds(1.5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TimePoint.At(DateTimeOffset.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => TimePoint.At(DateTimeOffset.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => TimePoint.After(TimeSpan.FromTicks(-1)));
        Assert.Equal(" 1.500000000", string.Format(System.Globalization.CultureInfo.InvariantCulture, "{0,12}", TimePoint.Parse("1.5")));
    }
}
