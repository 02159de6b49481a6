using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests;

public sealed partial class TableEscapingTests
{
    private static readonly TableOptions bcc = new();
    private static readonly TableOptions libbpf = new() { Style = TableStyle.Libbpf };

    private static readonly UTF8Encoding strictUtf8 = new(false, throwOnInvalidBytes: true);

    // Any bytes, and characters of every length, plain and not.
    private static readonly Gen<ThreadName> names = Gen.OneOf(
            Gen.Byte[1, 255].Array[0, 15],
            Gen.OneOf("a", " ", "\\", "n", "x1b", "\n", "\t", "\r", "\x1b", "\x7f", "\u0085", "é", "漢", "😀", "\u061c",
                    "\u200b", "\u200e", "\u2028", "\u202e", "\u2069", "\u00ad", "\ufe0f", "\U000e0001", "\ufffd")
                .Array[0, 8].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))))
        .Select(bytes => new ThreadName(bytes.AsSpan(0, Math.Min(bytes.Length, 15))));

    [Theory]
    [InlineData("nginx", "nginx           ", "nginx       ")]
    [InlineData("", "                ", "            ")]
    [InlineData("exactly15chars!", "exactly15chars! ", "exactly15cha")]
    [InlineData("tab\tnl\nend", @"tab\tnl\nend    ", @"tab\tnl\nend")]
    [InlineData("cr\r", @"cr\r            ", @"cr\r        ")]
    [InlineData("\x1b[31mred", @"\x1b[31mred     ", @"\x1b[31mred ")]
    [InlineData("\x7f", @"\x7f            ", @"\x7f        ")]
    [InlineData(@"back\nslash", @"back\\nslash    ", @"back\\nslash")]
    [InlineData("a\u200bb\ufeff", @"a\u200bb\ufeff  ", @"a\u200bb\ufeff")]
    [InlineData("\U000e0041\u3164", @"\U000e0041\u3164", @"\U000e0041\u3164")]
    [InlineData("\u0085\u202etxt", @"\u0085\u202etxt ", @"\u0085\u202etxt")]
    [InlineData("ü漢字né", "ü漢字né           ", "ü漢字né ")]
    [InlineData("12345678901é", "12345678901é    ", "12345678901 ")]
    [InlineData("\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t", @"\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t", @"\t\t\t\t\t\t\t\t\t\t\t\t")]
    public void Names_are_escaped_and_padded_by_what_is_printed(string name, string inBcc, string inLibbpf)
    {
        Assert.Equal(inBcc, Printed(bcc, new ThreadName(name)));
        Assert.Equal(inLibbpf, Printed(libbpf, new ThreadName(name)));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_show_as_in_the_tool_or_as_escapes()
    {
        var name = new ThreadName([0xff, 0xfe, (byte)'a', 0xe6, 0xbc]);
        Assert.Equal("\ufffd\ufffda\ufffd            ", Printed(bcc, name));
        Assert.Equal(@"\xff\xfea\xe6\xbc", Printed(libbpf, name));
    }

    [Fact]
    public void No_name_moves_the_cursor_or_turns_the_text() => names.Sample(name =>
        !ControlCharacter().IsMatch(Printed(bcc, name)) && !ControlCharacter().IsMatch(Printed(libbpf, name)),
        iter: 50_000);

    [Fact]
    public void An_escaped_name_is_read_in_one_way_only() => names.Sample(name =>
    {
        Assert.Equal(name.ToString().TrimEnd(' '), Encoding.UTF8.GetString(Unescape(Printed(bcc, name))).TrimEnd(' '));

        // This table cuts to 12 bytes, but not within a character of up to 4.
        var read = Unescape(Printed(libbpf, name)).AsSpan().TrimEnd((byte)' ');
        var cut = name.Bytes.Length > 12 ? 12 - 3 : name.Bytes.Length;
        Assert.True(name.Bytes.StartsWith(read));
        Assert.True(read.Length >= name.Bytes[..cut].TrimEnd((byte)' ').Length);
    }, iter: 50_000);

    [Fact]
    public void A_name_without_anything_to_escape_is_printed_as_the_tools_print_it() => names.Sample(name =>
    {
        if (!Printed(bcc, name).Contains('\\'))
        {
            Assert.Equal(Printed(bcc with { Raw = true }, name), Printed(bcc, name));
        }

        if (!Printed(libbpf, name).Contains('\\') && name.Bytes.Length <= 12)
        {
            Assert.Equal(Printed(libbpf with { Raw = true }, name), Printed(libbpf, name));
        }
    }, iter: 50_000);

    /// <summary>The name's column.</summary>
    private static string Printed(TableOptions options, ThreadName name)
    {
        static string Row(TableOptions options, ThreadName name) => Table.Print(
            options, [new() { Type = TcpEventType.Connect, IpVersion = 4, Comm = name }], header: false);

        var before = options.Style == TableStyle.Bcc ? "C  0      ".Length : "C 0      ".Length;
        var width = options.Style == TableStyle.Bcc ? 16 : 12;
        var behind = Row(options, default).Length - before - width;
        return strictUtf8.GetString(Encoding.Latin1.GetBytes(Row(options, name)[before..^behind]));
    }

    private static byte[] Unescape(string text) => Encoding.Latin1.GetBytes(Escape().Replace(
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)),
        match => match.Value[1] switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            '\\' => "\\",
            'x' => ((char)Convert.ToByte(match.Value[2..], 16)).ToString(),
            _ => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(new Rune(Convert.ToInt32(match.Value[2..], 16)).ToString())),
        }));

    [GeneratedRegex(@"\\([nrt\\]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")]
    private static partial Regex Escape();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\u2028\u2029\ufe00-\ufe0f]|\udb40[\udc00-\udfff]")]
    private static partial Regex ControlCharacter();
}
