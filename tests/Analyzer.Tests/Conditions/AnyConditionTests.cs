using System.Text.RegularExpressions;
using CsCheck;
using TraceCap.Analyzer.Conditions;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Filters;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Tests.Conditions;

/// <summary>Conditions of all shapes, against an evaluator that knows nothing of fields.</summary>
public sealed class AnyConditionTests
{
    /// <summary>A condition as it is written, and what it means.</summary>
    private sealed record Any(string Text, Func<TcpEvent, bool> Holds);

    private static readonly EventContext none = new();

    private static readonly (string Text, Func<long, long, bool> Holds)[] orders =
    [
        ("==", (one, other) => one == other), ("=", (one, other) => one == other), ("!=", (one, other) => one != other),
        ("<", (one, other) => one < other), ("<=", (one, other) => one <= other), (">", (one, other) => one > other), (">=", (one, other) => one >= other),
    ];

    /// <summary>Numbers of events; null: the event has none.</summary>
    private static readonly (string[] Names, string Unit, Func<TcpEvent, long?> Get)[] numbers =
    [
        (["pid", "process.pid"], "", e => IsOfNobody(in e) && e.Pid == 0 ? null : e.Pid),
        (["container.pid"], "", e => e.ContainerPid == 0 ? null : e.ContainerPid),
        (["netns.id", "linux.netns.id"], "", e => e.NetnsId == 0 ? null : (long)e.NetnsId),
        (["uid", "user.id"], "", e => e.Tid == 0 && e.Uid == 0 ? null : e.Uid),
        (["lport", "network.local.port"], "", e => e.LocalPort),
        (["rport", "peer.port"], "", e => e.PeerPort),
        (["connect", "connect_ns"], "ns", e => e.Type is TcpEventType.Connect or TcpEventType.ConnectFailed && e.Duration != 0 ? (long)e.Duration : null),
        (["retransmits"], "", e => IsOver(in e, e.Retransmits) ? e.Retransmits : null),
        (["acked_bytes"], "", e => IsOver(in e, e.BytesAcked) ? (long)e.BytesAcked : null),
        (["rtt"], "us", e => IsOver(in e, e.SmoothedRtt) ? e.SmoothedRtt : null),
        (["error.number"], "", e => e.Type is TcpEventType.ConnectFailed or TcpEventType.Ended ? e.Error : null),
        (["accept", "accept_ns"], "ns", e => e.Type == TcpEventType.Accept && e.Duration != 0 ? (long)e.Duration : null),
    ];

    private static readonly string[] names = ["curl", "my app", "a\"b", "c\\d", "]", "é", "x{}", "(y)"];

    private static bool IsOver(in TcpEvent e, ulong counter) => e.Type is TcpEventType.Close or TcpEventType.Ended && (e.State != 0 || counter != 0);

    private static bool IsOfNobody(in TcpEvent e) => e.Pid == 0 && e.Comm == default;

    private static readonly Gen<TcpEvent> events = Gen.Select(
        Gen.OneOf("CAXFOE".Select(letter => (TcpEventType)letter).ToArray()), Gen.UInt[0, 5], Gen.UShort[0, 5], Gen.Int[0, names.Length - 1], Gen.Byte.Array[4],
        (type, number, port, name, address) => new TcpEvent
        {
            Type = type,
            IpVersion = 4,
            Pid = number,
            Tid = number,
            Uid = 5 - number,
            LocalPort = port,
            PeerPort = (ushort)(5 - port),
            Duration = number,
            State = (byte)(number % 2),
            Retransmits = port,
            BytesAcked = number,
            SmoothedRtt = number,
            Error = (ushort)(110 + port),
            ContainerPid = number,
            NetnsId = number,
            Comm = number == 0 && port % 2 == 0 ? default : new ThreadName(names[name]),
            PeerAddress = new Address([10, (byte)(address[1] & 1), (byte)(address[2] & 3), address[3]]),
        });

    private static readonly Gen<Any> comparison = Gen.OneOf(
        Gen.Select(Gen.OneOf(numbers), Gen.OneOf(orders), Gen.Int[0, 5], Gen.Int[0, 1]).Select(chosen =>
        {
            var (field, order, wanted, name) = chosen;
            return new Any(
                $"{field.Names[name % field.Names.Length]}{(name == 0 ? "" : " ")}{order.Text} {wanted}{field.Unit}",
                // Of what is absent only the opposite of a comparison holds.
                e => field.Get(e) is { } number ? order.Holds(number, wanted) : order.Text == "!=");
        }),
        Gen.Select(Gen.OneOf(numbers), Gen.Int[0, 5], Gen.Int[0, 5], Gen.Bool).Select(chosen =>
        {
            var (field, least, most, isNot) = chosen;
            (least, most) = (Math.Min(least, most), Math.Max(least, most));
            return new Any(
                $"{field.Names[0]} {(isNot ? "not in" : "in")} {{{least}{field.Unit}-{most}{field.Unit},5{field.Unit}}}",
                e => (field.Get(e) is { } number && ((number >= least && number <= most) || number == 5)) != isNot);
        }),
        Gen.Select(Gen.Int[0, names.Length - 1], Gen.Bool).Select(chosen => new Any(
            $"comm {(chosen.Item2 ? "==" : "!=")} {Quote(names[chosen.Item1])}", e => (e.Comm.ToString() == names[chosen.Item1]) == chosen.Item2)),
        Gen.Select(Gen.OneOf("*", "?url", "c*", "*l", "[a-c]*", "[!a-c]*", "*\\\\*", "m? a??", "\\\\]"), Gen.Bool).Select(chosen => new Any(
            $"comm {(chosen.Item2 ? "=~" : "!~")} \"{chosen.Item1}\"", e => (!IsOfNobody(in e) && Globs(chosen.Item1.Replace("\\\\", "\\", StringComparison.Ordinal), e.Comm.ToString())) == chosen.Item2)),
        Gen.Select(Gen.Int[8, 32], Gen.Bool).Select(chosen =>
        {
            var (length, isNot) = chosen;
            var network = new byte[] { 10, 0, 2, 0 }.Select((part, i) => (byte)(part & (0xff00 >> Math.Clamp(length - (8 * i), 0, 8)))).ToArray();
            return new Any(
                $"peer {(isNot ? "not " : "")}in {string.Join('.', network)}/{length}",
                e => Enumerable.Range(0, length).All(bit => Bit(e.PeerAddress.Bytes[..4].ToArray(), bit) == Bit(network, bit)) != isNot);
        }),
        Gen.OneOf("CAXFO".ToArray()).Select(letter => new Any($"type == {letter}", e => e.Type == (TcpEventType)letter)),
        Gen.OneOf(new Any("errno", e => e.Type is TcpEventType.ConnectFailed or TcpEventType.Ended), new Any("retransmits", e => IsOver(in e, e.Retransmits))));

    private static readonly Gen<Any> any = Gen.Recursive<Any>((depth, inner) => depth > 4
        ? comparison
        : Gen.OneOf(
            comparison,
            inner.Select(part => new Any($"not ({part.Text})", e => !part.Holds(e))),
            Gen.Select(inner.Array[2, 3], Gen.Bool, Gen.Bool).Select(chosen =>
            {
                var (parts, isAll, isSign) = chosen;
                var word = isAll ? isSign ? " && " : " and " : isSign ? "||" : " or ";
                return new Any($"({string.Join(word, parts.Select(part => part.Text))})", e => isAll ? parts.All(part => part.Holds(e)) : parts.Any(part => part.Holds(e)));
            }),
            // Without parentheses 'and' binds closer than 'or', and 'not' closer than both.
            Gen.Select(comparison, comparison, comparison, comparison).Select(of => new Any(
                $"({of.Item1.Text} or {of.Item2.Text} and not {of.Item3.Text} or {of.Item4.Text})",
                e => of.Item1.Holds(e) || (of.Item2.Holds(e) && !of.Item3.Holds(e)) || of.Item4.Holds(e)))));

    [Fact]
    public void A_condition_means_what_a_naive_evaluator_says() => Gen.Select(any, events.Array[1, 20]).Sample((condition, some) =>
    {
        var parsed = EventCondition.Parse(condition.Text);
        Assert.All(some, e => Assert.True(condition.Holds(e) == parsed.Holds(in e, none), $"{condition.Text} of {e.Type} {e.Comm} {e.Pid} {e.LocalPort}"));
        Assert.Equal((parsed, condition.Text), (EventCondition.Parse(parsed.ToString()), parsed.ToString()));
    });

    [Fact]
    public void Whatever_is_written_gives_a_condition_or_says_what_is_wrong() => Gen.OneOf(
        Gen.OneOf("pid", "peer", "time", "lifetime", "service", "comm", "errno", "container", "flags", "==", "=", "!=", "<", ">=", "=~", "!~", "in", "not", "and", "or", "(", ")", "{", "}", ",",
            "\"", "\"a\"", "\\", "10.0.0.0/8", "::1", "[::1]:80", "[", "]", "80-90", "5ms", "1.5", "*", "2026-01-31T23:59:59Z", "'", "\0", "\u202e", "\ud800", "é", "&&", "||", "!", " ").Array[0, 12]
            .Select(parts => string.Concat(parts)),
        Gen.Char.Array[0, 20].Select(letters => new string(letters)),
        Gen.Select(any, Gen.Int[0, 100], Gen.Char['\0', '~']).Select(of => of.Item1.Text.Insert(of.Item2 * of.Item1.Text.Length / 100, of.Item3.ToString())))
        .Sample(text =>
        {
            AssertTold(text, () => EventCondition.Parse(text));
            AssertTold(text, () => ConnectionCondition.Parse(text));
        }, iter: 20_000);

    [Theory]
    [InlineData("(", 100_000)]
    [InlineData("not ", 100_000)]
    [InlineData("!", 100_000)]
    [InlineData("pid in {", 1_000)]
    public void What_is_nested_without_end_is_refused(string part, int times)
    {
        var text = string.Concat(Enumerable.Repeat(part, times));
        AssertTold(text, () => EventCondition.Parse(text));
        Assert.Throws<ConditionFormatException>(() => EventCondition.Parse(text));
    }

    [Fact]
    public void A_condition_may_be_long()
    {
        var e = new TcpEvent { Pid = 99_999 };
        Assert.True(EventCondition.Parse(string.Join(" or ", Enumerable.Range(0, 100_000).Select(pid => $"pid == {pid}"))).Holds(in e, none));
        Assert.True(EventCondition.Parse($"pid in {{{string.Join(',', Enumerable.Range(0, 100_000))}}}").Holds(in e, none));
    }

    private static void AssertTold(string text, Action parse)
    {
        try
        {
            parse();
        }
        catch (ConditionFormatException error)
        {
            Assert.InRange(error.Offset, 0, text.Length);
        }
    }

    private static string Quote(string name) => $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static int Bit(byte[] bytes, int bit) => (bytes[bit / 8] >> (7 - (bit % 8))) & 1;

    private static bool Globs(string pattern, string text)
    {
        if (pattern.Length == 0)
        {
            return text.Length == 0;
        }

        switch (pattern[0])
        {
            case '*':
                return Enumerable.Range(0, text.Length + 1).Any(taken => Globs(pattern[1..], text[taken..]));
            case '\\':
                return text.StartsWith(pattern[1]) && Globs(pattern[2..], text[1..]);
            case '[':
                var end = pattern.IndexOf(']', StringComparison.Ordinal);
                return text.Length > 0 && Regex.IsMatch(text[..1], pattern[..(end + 1)].Replace("[!", "[^", StringComparison.Ordinal)) && Globs(pattern[(end + 1)..], text[1..]);
            default:
                return text.Length > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && Globs(pattern[1..], text[1..]);
        }
    }
}
