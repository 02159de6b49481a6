using System.Net;
using TraceCap.Analyzer.Figures;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Summary;

public sealed class GroupKeyTests
{
    [Fact]
    public void Keys_of_different_names_have_different_hashes() =>
        Assert.InRange(Enumerable.Range(0, 2_000).Select(i => new GroupKey { Name = $"/system.slice/{i}.service", IsKnown = true }.GetHashCode()).Distinct().Count(), 1_990, 2_000);

    [Fact]
    public void Addresses_of_the_same_bytes_but_another_version_are_others()
    {
        GroupKey Key(string address, byte version) => new() { Address = new Address(IPAddress.Parse(address)), IpVersion = version };
        Assert.NotEqual(Key("1.2.3.4", 4), Key("102:304::", 6));
        Assert.Equal(Key("1.2.3.4", 4).GetHashCode(), Key("1.2.3.4", 4).GetHashCode());
    }
}
