using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>An address. Both are of the event's IP version.</summary>
internal sealed class AddressField(string name, string doc, Get<Address> get, Set<Address> set)
    : JsonField(JsonPart.Network, name, "address as text", doc)
{
    public override int Write(Span<byte> target, in TcpEvent e)
    {
        var address = get(in e);
        target[0] = (byte)'"';
        var end = 1 + InetText.Write(target[1..], in address, e.IpVersion);
        target[end] = (byte)'"';
        return end + 1;
    }

    public override void Read(ref Utf8JsonReader reader, ref TcpEvent e)
    {
        var expected = e.IpVersion switch
        {
            0 => "an IPv4 or IPv6 address",
            4 => "an IPv4 address, as in the rest of the event",
            _ => "an IPv6 address, as in the rest of the event",
        };
        if (!InetText.TryParse(ReadString(ref reader, expected), out var address, out var ipVersion)
            || (e.IpVersion != 0 && (e.IpVersion == 4) != (ipVersion == 4)))
        {
            throw Wrong(ref reader, expected);
        }

        set(ref e, address);
        if (e.IpVersion == 0)
        {
            e.IpVersion = (byte)ipVersion;
        }
    }
}

/// <summary>The thread's name as text. What is not UTF-8 shows as U+FFFD; then <see cref="NameBytesField"/> says what it is.</summary>
internal sealed class NameField : JsonField
{
    internal NameField(string name, string doc)
        : base(JsonPart.Who, name, JsonType.Text, doc) => IsReadLast = true;

    public override int Write(Span<byte> target, in TcpEvent e)
    {
        if (!e.HasTask)
        {
            return 0;
        }

        target[0] = (byte)'"';
        var end = 1 + CommText.WriteJson(target[1..], e.Comm.Bytes);
        target[end] = (byte)'"';
        return end + 1;
    }

    public override void Read(ref Utf8JsonReader reader, ref TcpEvent e)
    {
        var expected = $"at most {ThreadName.Size} bytes of text without NUL";
        var text = ReadString(ref reader, expected);
        if (e.Comm != default)
        {
            if (e.Comm.ToString() != text)
            {
                throw Wrong(ref reader, $"\"{e.Comm}\", which its bytes are");
            }

            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > ThreadName.Size || bytes.Contains((byte)0))
        {
            throw Wrong(ref reader, expected);
        }

        e.Comm = new ThreadName(bytes);
    }
}

/// <summary>How TCP ended a connection: what error, state and flags of an end say. It is written, and not read.</summary>
internal sealed class EndField(string name, string doc) : JsonField(JsonPart.Event, name, JsonWords.Ends.Type, doc)
{
    public override int Write(Span<byte> target, in TcpEvent e) =>
        TcpEnds.Of(in e) is var end && end == TcpEnd.Unknown ? 0 : JsonWords.Ends.Write(target, (ulong)end);

    public override void Read(ref Utf8JsonReader reader, ref TcpEvent e) => ReadString(ref reader, $"one of {JsonWords.Ends.List}");
}

/// <summary>The bytes of a thread's name that is not UTF-8, in hexadecimal digits.</summary>
internal sealed class NameBytesField(string name, string doc) : JsonField(JsonPart.Who, name, "hexadecimal digits", doc)
{
    public override int Write(Span<byte> target, in TcpEvent e)
    {
        var bytes = e.Comm.Bytes;
        if (Utf8.IsValid(bytes))
        {
            return 0;
        }

        target[0] = (byte)'"';
        var at = 1;
        foreach (var one in bytes)
        {
            one.TryFormat(target[at..], out var digits, "x2", CultureInfo.InvariantCulture);
            at += digits;
        }

        target[at] = (byte)'"';
        return at + 1;
    }

    public override void Read(ref Utf8JsonReader reader, ref TcpEvent e)
    {
        var expected = $"at most {ThreadName.Size} bytes other than 00, in hexadecimal";
        var text = ReadString(ref reader, expected);
        Span<byte> bytes = stackalloc byte[ThreadName.Size];
        if (!TryParse(text, bytes, out var length) || bytes[..length].Contains((byte)0))
        {
            throw Wrong(ref reader, expected);
        }

        e.Comm = new ThreadName(bytes[..length]);
    }

    private static bool TryParse(string digits, Span<byte> bytes, out int length)
    {
        length = digits.Length / 2;
        if (digits.Length % 2 != 0 || length > bytes.Length)
        {
            return false;
        }

        for (var i = 0; i < length; i++)
        {
            if (!byte.TryParse(digits.AsSpan(2 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }
        }

        return true;
    }
}
