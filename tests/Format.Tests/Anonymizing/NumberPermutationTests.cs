using CsCheck;
using TraceCap.Format.Anonymizing;

namespace TraceCap.Format.Tests.Anonymizing;

public class NumberPermutationTests
{
    private static readonly byte[] Key = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    [Fact]
    public void All_numbers_of_a_small_domain_are_there_once_and_each_in_its_range()
    {
        using var ports = new NumberPermutation(Key, ushort.MaxValue, 0, 1, 1024, 32768);
        var made = new HashSet<ulong>();
        var same = 0;
        for (var port = 0ul; port <= ushort.MaxValue; port++)
        {
            var other = ports.Of(port);
            Assert.True(made.Add(other));
            Assert.Equal(Range(port), Range(other));
            same += other == port ? 1 : 0;
        }

        Assert.Equal(0ul, ports.Of(0));
        Assert.InRange(same, 1, 20);

        static int Range(ulong port) => port switch { 0 => 0, < 1024 => 1, < 32768 => 2, _ => 3 };
    }

    [Fact]
    public void Many_at_once_are_the_same_as_one_by_one() => Gen.ULong.Array[0, 700].Sample(numbers =>
    {
        using var one = new NumberPermutation(Key, ulong.MaxValue, 0, 1, 1ul << 48);
        var replaced = numbers.ToArray();
        one.Replace(replaced);
        return replaced.SequenceEqual(numbers.Select(one.Of)) && numbers.Zip(replaced).All(pair => (pair.First >> 48 == 0) == (pair.Second >> 48 == 0));
    }, iter: 50);

    [Fact]
    public void Another_key_is_another_permutation()
    {
        using var first = new NumberPermutation(Key, uint.MaxValue, 0, 1);
        using var second = new NumberPermutation([.. Key.Reverse()], uint.MaxValue, 0, 1);
        Assert.NotEqual(first.Of(4711), second.Of(4711));
    }

    [Theory]
    [InlineData("")]
    [InlineData("too short")]
    [InlineData("0x0011")]
    [InlineData("zz22178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202")]
    public void What_is_no_key_is_told(string text)
    {
        var error = Assert.Throws<FormatException>(() => AnonymizationKey.Parse(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Contains("64 hexadecimal digits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_the_same_in_each_form()
    {
        const string digits = "1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202";
        var expected = Convert.FromHexString(digits);
        foreach (var content in new[] { expected, [.. expected, (byte)'\n'], System.Text.Encoding.ASCII.GetBytes(digits), System.Text.Encoding.ASCII.GetBytes($"0x{digits}\r\n") })
        {
            Assert.Equal(expected, AnonymizationKey.Parse(content).Bytes.ToArray());
        }
    }
}
