using TraceCap.Analyzer.Fields;

namespace TraceCap.Analyzer.Tests;

public class PortNamesTests
{
    [Fact]
    public void A_file_of_services_has_names_and_other_names_of_tcp()
    {
        var names = PortNames.Read(
        [
            "# comment", "", "http\t\t80/tcp\t\twww\t# WorldWideWeb HTTP", "domain 53/udp", "https 443/tcp", "http 8080/tcp", "odd", "bad x/tcp", "sctp 9/sctp", "big 65536/tcp",
        ]);
        Assert.Equal(["http 80", "https 443", "www 80"], names.Select(name => $"{name.Key} {name.Value}").Order());
        Assert.Equal(80, names["HTTP"]);
    }

    [Theory]
    [InlineData("80", 80)]
    [InlineData("0", 0)]
    [InlineData("http", 80)]
    [InlineData("HTTPS", 443)]
    public void A_port_is_a_number_or_a_name_of_this_machine(string text, int port) => Assert.Equal(port, PortNames.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("65536")]
    [InlineData("80 ")]
    [InlineData("no-such-service")]
    public void Anything_else_is_none(string text) => Assert.Throws<FormatException>(() => PortNames.Parse(text));
}
