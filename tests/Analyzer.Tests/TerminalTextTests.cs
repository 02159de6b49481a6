using System.Text;
using TraceCap.Analyzer.Formatting;

namespace TraceCap.Analyzer.Tests;

public class TerminalTextTests
{
    [Theory]
    [InlineData("0 0 0", 10, "___")]
    [InlineData("0 1", 10, "_#")]
    [InlineData("0 1 2 3 4 5 6 7", 10, "_.:-=+*#")]
    [InlineData("1 1000000", 10, ".#")]
    [InlineData("0 0 9 0 0 0 0 0", 2, "#_")]
    [InlineData("x 0 5 x", 10, " _# ")]
    [InlineData("x x 5 x", 2, " #")]
    [InlineData("9223372036854775807 1", 10, "#.")]
    public void A_sparkline_shows_the_greatest_and_tells_none_from_few(string counts, int room, string line)
    {
        long?[] values = [.. counts.Split(' ').Select(count => count == "x" ? null : (long?)long.Parse(count, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(line, Sparkline.Of(values, room, isAscii: true));
        Assert.Equal(line.Length, Sparkline.Of(values, room, isAscii: false).Length);
    }

    [Theory]
    [InlineData("a  b", 4, "a  b")]
    [InlineData("a  b", 3, "a b")]
    [InlineData("ab  cd", 4, "ab …")]
    [InlineData("é  é", 3, "é é")]
    [InlineData("\e[1ma  b\e[0m", 4, "\e[1ma  b\e[0m")]
    [InlineData("\e[1mab  cd\e[0m", 4, "\e[1mab …\e[0m")]
    [InlineData("abc", 0, "abc")]
    public void A_row_that_is_too_long_is_squeezed_and_then_cut(string row, int width, string fitted) =>
        Assert.Equal(fitted, Encoding.UTF8.GetString(FittedRow.Fit(Encoding.UTF8.GetBytes(row), width)));

    [Fact]
    public void Colours_that_are_off_leave_text_as_it_is()
    {
        Assert.Equal("text", TextColours.None.Of("text", Emphasis.Bad));
        Assert.Equal("text", TextColours.Terminal.Of("text", Emphasis.None));
        Assert.Equal("\e[1;31mtext\e[0m", TextColours.Terminal.Of("text", Emphasis.Bad));
        Assert.True(TextColours.None.Begin(Emphasis.Bad).IsEmpty);
    }
}
