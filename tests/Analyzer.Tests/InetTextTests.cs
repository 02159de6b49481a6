using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests;

public sealed partial class InetTextTests
{
    // Groups as they meet in practice: runs of zeros, single zeros, the IPv4 marker, short and full ones.
    private static readonly Gen<byte[]> v6 = Gen.Frequency(
        (6, Gen.OneOf(Gen.Const((ushort)0), Gen.Const((ushort)0xffff), Gen.UShort[1, 0xfff], Gen.UShort)),
        (1, Gen.Const((ushort)0)))
        .Array[8].Select(groups => groups.SelectMany(group => new[] { (byte)(group >> 8), (byte)group }).ToArray());

    private static readonly Gen<byte[]> embedded = Gen.Select(Gen.Bool, Gen.Byte.Array[4], (mapped, v4) =>
        new byte[10].Concat(mapped ? new byte[] { 0xff, 0xff } : [0, 0]).Concat(v4).ToArray());

    [Fact]
    public void IPv6_addresses_are_written_as_inet_ntop_writes_them()
    {
        SkipWithoutGlibc();
        Gen.OneOf(v6, embedded, Gen.Byte.Array[16]).Sample(bytes => Text(bytes) == Glibc(bytes), iter: 3_000_000);
    }

    [Fact]
    public void IPv4_addresses_are_written_as_inet_ntop_writes_them()
    {
        SkipWithoutGlibc();
        Gen.Byte.Array[4].Sample(bytes => Text(bytes) == Glibc(bytes), iter: 1_000_000);
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::102")]
    [InlineData("::1.2.3.4")]
    [InlineData("::ffff:1.2.3.4")]
    [InlineData("::ffff:0:102:304")]
    [InlineData("64:ff9b::102:304")]
    [InlineData("1:0:0:2::3")]
    [InlineData("1::2:0:0:3:4")]
    [InlineData("1:0:2:3:4:5:6:7")]
    [InlineData("fe80::")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("255.255.255.255")]
    public void What_inet_ntop_writes_is_read_and_written_back(string text)
    {
        Assert.True(InetText.TryParse(text, out var address, out var version));
        Assert.Equal(text.Contains(':') ? 6 : 4, version);
        Assert.Equal(text, Text(version == 4 ? address.Bytes[..4].ToArray() : address.Bytes.ToArray()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("256.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.4 ")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("[::1]")]
    [InlineData("::1%1")]
    [InlineData("::1/64")]
    [InlineData("::1.2.3.04")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("12345::")]
    [InlineData("localhost")]
    public void What_is_no_address_is_refused(string text) => Assert.False(InetText.TryParse(text, out _, out _));

    [Fact]
    public void Texts_are_addresses_exactly_where_inet_pton_says_so()
    {
        SkipWithoutGlibc();
        var written = Gen.OneOf(v6, embedded, Gen.Byte.Array[4]).Select(Text);
        var piece = Gen.OneOf("", ":", "::", ".", "0", "00", "1", "a", "F", "ffff", "12345", "255", "256", "1.2.3.4");
        // An address with one character changed, and pieces of addresses in any order.
        var damaged = Gen.Select(written, Gen.Int[0, 44], Gen.OneOf("", ":", ".", "0", "f", "1:"))
            .Select((text, at, by) => text[..(at % text.Length)] + by + text[(at % text.Length + 1)..]);
        Gen.OneOf(written, damaged, piece.Array[1, 12].Select(string.Concat)).Sample(
            text =>
            {
                Span<byte> expected = stackalloc byte[16];
                var version = text.Contains(':') ? 6 : 4;
                var valid = InetPton(version == 4 ? 2 : 10, text, expected) == 1;
                return InetText.TryParse(text, out var address, out _) == valid
                    && (!valid || address.Equals(new Address(expected[..(version == 4 ? 4 : 16)])));
            },
            iter: 500_000);
    }

    private static void SkipWithoutGlibc() =>
        Assert.SkipUnless(OperatingSystem.IsLinux(), "compares with the C library of Linux");

    private static string Text(byte[] bytes)
    {
        Span<byte> target = stackalloc byte[InetText.MaxLength];
        var length = InetText.Write(target, new Address(bytes), bytes.Length == 4 ? 4 : 6);
        return Encoding.ASCII.GetString(target[..length]);
    }

    private static string Glibc(byte[] bytes)
    {
        Span<byte> target = stackalloc byte[InetText.MaxLength + 1];
        Assert.NotEqual(0, InetNtop(bytes.Length == 4 ? 2 : 10, bytes, target, (uint)target.Length));
        return Encoding.ASCII.GetString(target[..target.IndexOf((byte)0)]);
    }

    [LibraryImport("libc", EntryPoint = "inet_ntop")]
    private static partial nint InetNtop(int family, ReadOnlySpan<byte> address, Span<byte> text, uint size);

    [LibraryImport("libc", EntryPoint = "inet_pton", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InetPton(int family, string text, Span<byte> address);
}
