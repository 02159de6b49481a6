using System.Net;
using System.Reflection;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests;

/// <summary>Values that others hold.</summary>
public class Values
{
    [Fact]
    public void Addresses_are_compared_with_their_versions_only()
    {
        var (one, other) = (new Address(IPAddress.Parse("1.2.3.4")), new Address(IPAddress.Parse("102:304::")));
        Assert.Equal(one.Bytes, other.Bytes);
        Assert.NotEqual(one.ToIPAddress(4), other.ToIPAddress(6));
        Assert.Null(typeof(Address).GetMethod("op_Equality", BindingFlags.Public | BindingFlags.Static));
        Assert.NotEqual(one, new Address(IPAddress.Parse("1.2.3.5")));
    }

    [Fact]
    public void Nobody_can_rename_an_error()
    {
        Assert.Equal("ECONNREFUSED", Errno.Names[111]);
        Assert.DoesNotContain(typeof(Errno).GetFields(BindingFlags.Public | BindingFlags.Static), field => !field.IsLiteral);
        Assert.True(typeof(Errno).GetProperty(nameof(Errno.Names)) is { CanWrite: false, PropertyType.IsArray: false });
        Assert.True(Errno.TryParse("EHWPOISON", out var last) && last == 133);
    }
}
