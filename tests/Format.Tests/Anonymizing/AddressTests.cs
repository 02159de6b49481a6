using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using CsCheck;
using TraceCap.Format.Anonymizing;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests.Anonymizing;

public sealed class AddressTests : IDisposable
{
    /// <summary>The key of Crypto-PAn's own sample.</summary>
    private static readonly byte[] SampleKey =
    [
        21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
        216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2,
    ];

    private readonly CryptoPan crypto = new(SampleKey);
    private readonly AnonymousAddresses addresses = new(SampleKey);

    public void Dispose()
    {
        crypto.Dispose();
        addresses.Dispose();
    }

    /// <summary>sample_trace_raw.dat and sample_trace_sanitized.dat of Crypto-PAn 1.0; the IPv6 ones are those that later implementations
    /// (yacryptopan and others) test with.</summary>
    [Theory]
    [InlineData("128.11.68.132", "135.242.180.132")]
    [InlineData("129.118.74.4", "134.136.186.123")]
    [InlineData("130.132.252.244", "133.68.164.234")]
    [InlineData("141.223.7.43", "141.167.8.160")]
    [InlineData("141.233.145.108", "141.129.237.235")]
    [InlineData("152.163.225.39", "151.140.114.167")]
    [InlineData("156.29.3.236", "147.225.12.42")]
    [InlineData("165.247.96.84", "162.9.99.234")]
    [InlineData("166.107.77.190", "160.132.178.185")]
    [InlineData("192.102.249.13", "252.138.62.131")]
    [InlineData("::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed")]
    [InlineData("::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef")]
    [InlineData("::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838")]
    [InlineData("2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e")]
    [InlineData("2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c")]
    public void The_published_vectors_hold(string address, string expected)
    {
        var bytes = IPAddress.Parse(address).GetAddressBytes();
        crypto.Anonymize(bytes);
        Assert.Equal(IPAddress.Parse(expected), new IPAddress(bytes));
    }

    /// <summary>Of IPv4 alone: what nfanon 1.7 makes of IPv6 is not Crypto-PAn's.</summary>
    [Fact]
    public void Nfanon_makes_the_same_of_addresses_that_are_not_special()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/nfanon") && File.Exists("/usr/bin/nfpcapd"), "nfdump is not installed");
        var folder = Directory.CreateTempSubdirectory("tracecap").FullName;
        try
        {
            var random = new Random(1);
            var all = Enumerable.Range(0, 400).Select(_ => (uint)random.NextInt64(1L << 32)).Distinct().ToArray();
            File.WriteAllBytes(Path.Combine(folder, "run.pcap"), Pcap(all));
            Directory.CreateDirectory(Path.Combine(folder, "flows"));
            Run("nfpcapd", folder, "-r", "run.pcap", "-w", "flows");
            var flows = Directory.GetFiles(Path.Combine(folder, "flows"), "nfcapd.2*").Single();
            Run("nfanon", folder, "-q", "-K", "0x" + Convert.ToHexString(SampleKey), "-r", flows, "-w", "anonymous");
            var lines = Run("nfdump", folder, "-r", "anonymous", "-q", "-o", "fmt:%sp %sa").Split('\n', StringSplitOptions.RemoveEmptyEntries);

            var same = 0;
            foreach (var line in lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(line => line.Length == 2))
            {
                var bytes = Bytes(all[int.Parse(line[0], System.Globalization.CultureInfo.InvariantCulture) - 1]);
                var plain = bytes.ToArray();
                crypto.Anonymize(plain);
                Assert.Equal(IPAddress.Parse(line[1]), new IPAddress(plain));
                if (SpecialRange.Find(SpecialRange.V4, bytes) < 0 && SpecialRange.Find(SpecialRange.V4, plain) < 0)
                {
                    Assert.Equal(IPAddress.Parse(line[1]), addresses.Of(new Address(bytes), 4).ToIPAddress(4));
                    same++;
                }
            }

            Assert.InRange(same, 250, 400);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One thread: the cipher's blocks are one thread's.</summary>
    [Fact]
    public void Common_prefixes_stay_common_and_no_longer() => Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 127]).Sample((first, bit) =>
    {
        var second = first.ToArray();
        second[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        var before = CommonBits(first, second);
        crypto.Anonymize(first);
        crypto.Anonymize(second);
        return before == bit && CommonBits(first, second) == bit;
    }, threads: 1);

    /// <summary>One thread: what anonymizes remembers, and is one thread's.</summary>
    [Fact]
    public void What_is_special_stays_so_and_nothing_else_becomes_so() => Gen.Select(Gen.Byte.Array[16], Gen.Int[0, 60], Gen.Bool).Sample((bytes, place, isV4) =>
    {
        var ranges = isV4 ? SpecialRange.V4 : SpecialRange.V6.AddRange(SpecialRange.Embedding);
        var address = bytes.AsSpan(0, isV4 ? 4 : 16).ToArray();
        if (place < ranges.Length)
        {
            var range = ranges[place].Network;
            var prefix = range.BaseAddress.GetAddressBytes();
            for (var bit = 0; bit < range.PrefixLength; bit++)
            {
                var mask = (byte)(0x80 >> (bit % 8));
                address[bit / 8] = (byte)((address[bit / 8] & ~mask) | (prefix[bit / 8] & mask));
            }
        }

        var found = SpecialRange.Find(ranges, address);
        var anonymous = addresses.Of(new Address(address), isV4 ? (byte)4 : (byte)6).Bytes[..address.Length];
        return SpecialRange.Find(ranges, anonymous) == found && (found < 0 || CommonBits(address, anonymous) >= ranges[found].Kept);
    }, threads: 1);

    /// <summary>A whole range, of which all others are parts, and the ranges around the special ones.</summary>
    [Theory]
    [InlineData("10.1.0.0")]
    [InlineData("127.0.0.0")]
    [InlineData("192.0.0.0")]
    [InlineData("224.0.0.0")]
    [InlineData("203.0.0.0")]
    public void No_two_addresses_become_the_same(string first)
    {
        var begin = BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(first).GetAddressBytes());
        var made = new HashSet<Address>();
        for (var i = 0u; i < 1 << 14; i++)
        {
            Assert.True(made.Add(addresses.Of(new Address(Bytes(begin + i)), 4)));
        }
    }

    [Theory]
    [InlineData("::ffff:", "10.1.2.3")]
    [InlineData("::ffff:", "127.0.0.1")]
    [InlineData("::ffff:", "93.184.216.34")]
    [InlineData("64:ff9b::", "93.184.216.34")]
    public void An_IPv4_address_within_one_of_IPv6_becomes_what_it_becomes_alone(string before, string address)
    {
        var alone = addresses.Of(new Address(IPAddress.Parse(address)), 4).ToIPAddress(4);
        var within = addresses.Of(new Address(IPAddress.Parse(before + address)), 6).ToIPAddress(6);
        Assert.Equal(IPAddress.Parse(before + alone), within);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    public void What_is_the_same_on_every_host_stays(string address)
    {
        var parsed = IPAddress.Parse(address);
        var version = parsed.GetAddressBytes().Length == 4 ? (byte)4 : (byte)6;
        Assert.Equal(parsed, addresses.Of(new Address(parsed), version).ToIPAddress(version));
    }

    private static byte[] Bytes(uint address)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return bytes;
    }

    private static int CommonBits(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var bit = 0;
        while (bit < 8 * first.Length && ((first[bit / 8] ^ second[bit / 8]) & (0x80 >> (bit % 8))) == 0)
        {
            bit++;
        }

        return bit;
    }

    /// <summary>SYNs from these addresses, whose source ports are their places from 1.</summary>
    private static byte[] Pcap(uint[] sources)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var word in new[] { 0xa1b2c3d4, 4u << 16 | 2, 0u, 0u, 65535u, 101u })
        {
            writer.Write(word);
        }

        for (var i = 0; i < sources.Length; i++)
        {
            foreach (var word in new[] { 1_700_000_000u, (uint)i, 40u, 40u })
            {
                writer.Write(word);
            }

            byte[] packet = [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, .. Bytes(sources[i]), 198, 51, 100, 1,
                (byte)((i + 1) >> 8), (byte)(i + 1), 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 4, 0, 0, 0, 0, 0];
            writer.Write(packet);
        }

        return stream.ToArray();
    }

    private static string Run(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {error.Result}");
        return output;
    }
}
