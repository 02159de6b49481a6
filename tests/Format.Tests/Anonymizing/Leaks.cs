using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Tests.Anonymizing;

/// <summary>What must not be in an anonymized capture, and whether it is: in every form in which a byte sequence may say it.</summary>
internal sealed class Leaks
{
    private readonly HashSet<string> texts = [];
    private readonly HashSet<ulong> numbers = [];
    private readonly HashSet<(Address Address, bool IsV4)> addresses = [];

    /// <summary>A text. Those that may be there by chance, or are words of the format, are none.</summary>
    internal Leaks Add(string text)
    {
        if (text.Length >= 5)
        {
            texts.Add(text);
        }

        return this;
    }

    /// <summary>A number that identifies something. Small ones are everywhere.</summary>
    internal void Add(ulong number)
    {
        if (number >= 1 << 16)
        {
            numbers.Add(number);
        }
    }

    internal void Add(in TcpEvent one)
    {
        Add(one.Comm.ToString());
        foreach (var number in new[] { one.Pid, one.Tid, one.Netns, one.Mntns, one.Pidns, one.ContainerPid, one.NetnsId, one.Cgroup, one.Connection, one.Uid })
        {
            Add(number);
        }

        Add(one.LocalAddress, one.IpVersion);
        Add(one.PeerAddress, one.IpVersion);
    }

    internal void Add(CaptureNames names)
    {
        foreach (var name in names.Cgroups.Concat(names.NetworkNamespaces))
        {
            Add(name.Id);
            Add(name.NetnsId);
            foreach (var part in name.Name.Split('/', ':').Where(part => part is not ("system.slice" or "user.slice" or "init.scope" or "kubepods" or "docker" or "libpod_parent" or "kubepods.slice" or "machine.slice" or "kubepods-burstable.slice" or "kubepods-besteffort.slice" or "besteffort" or "burstable" or "container" or "app.slice")))
            {
                Add(part);
            }
        }
    }

    /// <summary>What is there of it.</summary>
    internal List<string> In(byte[] content)
    {
        var found = new List<string>();
        foreach (var text in texts)
        {
            Look(text, Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text), Encoding.BigEndianUnicode.GetBytes(text));
        }

        foreach (var number in numbers)
        {
            var (little, big) = (new byte[8], new byte[8]);
            BinaryPrimitives.WriteUInt64LittleEndian(little, number);
            BinaryPrimitives.WriteUInt64BigEndian(big, number);
            // As narrow as it can be: wider ones hold that. What has zeros, or fewer than four bytes, is there by chance: of such numbers
            // the events tell.
            var width = number > uint.MaxValue ? number >> 48 == 0 ? 6 : 8 : 4;
            byte[][] bytes = little.AsSpan(0, width).Contains((byte)0) ? [] : [little[..width], big[^width..]];
            Look($"{number}", [.. bytes, .. VariableLength(number), .. Texts(number)]);
        }

        foreach (var (address, isV4) in addresses)
        {
            var bytes = address.Bytes[..(isV4 ? 4 : 16)].ToArray();
            var text = new IPAddress(bytes).ToString();
            Look(text, bytes, [.. bytes.Reverse()], Encoding.ASCII.GetBytes(text), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
        }

        foreach (var hex in texts.Select(text => string.Concat(text.Where(char.IsAsciiHexDigit))).Where(digits => digits.Length is 32 or 64))
        {
            // A boot id, and those of containers and pods, as their bytes.
            Look(hex, Convert.FromHexString(hex));
        }

        return found;

        void Look(string what, params byte[][] forms)
        {
            foreach (var form in forms.Where(form => content.AsSpan().IndexOf(form) >= 0))
            {
                found.Add($"{what} as {Convert.ToHexString(form)}");
            }
        }
    }

    /// <summary>As Protocol Buffers and LEB128 have it, and as zigzag does; what is shorter than five bytes is there by chance.</summary>
    private static IEnumerable<byte[]> VariableLength(ulong number)
    {
        foreach (var value in new[] { number, number << 1 }.Where(value => value >= 1ul << 28 && value >= number))
        {
            var bytes = new List<byte>();
            for (var rest = value; rest > 0; rest >>= 7)
            {
                bytes.Add((byte)(rest > 127 ? rest | 128 : rest));
            }

            yield return [.. bytes];
        }
    }

    private static IEnumerable<byte[]> Texts(ulong number)
    {
        yield return Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        if (number > uint.MaxValue)
        {
            yield return Encoding.ASCII.GetBytes(number.ToString("x", CultureInfo.InvariantCulture));
        }
    }

    private void Add(in Address address, byte version)
    {
        var isV4 = version == 4;
        // Those say nothing, and stay.
        if (address.ToIPAddress(version == 4 ? 4 : 6).ToString() is not ("0.0.0.0" or "127.0.0.1" or "::" or "::1" or "::ffff:127.0.0.1"))
        {
            addresses.Add((address, isV4));
        }
    }
}
