using TraceCap.Analyzer.Output.Html;

namespace TraceCap.Analyzer.Tests.Report;

public class ColorThemeTests
{
    // Viénot, Brettel and Mollon 1999: what of linear RGB people see who lack the cones for long or for middle waves.
    private static readonly Dictionary<string, double[][]> eyes = new()
    {
        ["all cones"] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        ["no long"] = [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        ["no middle"] = [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    };

    public static TheoryData<string, string> Views => new(
        from theme in new[] { "light", "dark" } from eye in eyes.Keys select (theme, eye));

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Each_colour_is_used_once(string theme) => Assert.Distinct(ThemeOf(theme).All);

    [Fact]
    public void Each_colour_has_its_like_in_the_other_theme() =>
        Assert.Equal(ColorTheme.Light.All.Length, ColorTheme.Dark.All.Length);

    [Theory]
    [MemberData(nameof(Views))]
    public void Series_are_told_apart_by_every_eye(string theme, string eye)
    {
        var colours = ThemeOf(theme).Series.Add(ThemeOf(theme).Other).Select(colour => Lab(colour, eyes[eye])).ToArray();

        // 2.3 is the least difference that is noticed.
        for (var i = 0; i < colours.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Assert.True(Distance(colours[i], colours[j]) > 12, $"{i} and {j}: {Distance(colours[i], colours[j]):F1}");
            }
        }
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Text_and_marks_stand_out_from_the_background(string theme)
    {
        var of = ThemeOf(theme);

        Assert.All([of.Text, of.Muted], colour => Assert.True(Contrast(colour, of.Background) >= 4.5, colour));
        // WCAG 2.2, 1.4.11: what is needed to understand a graphic.
        Assert.All([.. of.Series, .. of.Heat, of.Other], colour => Assert.True(Contrast(colour, of.Background) >= 3, colour));
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void More_stands_out_more_by_lightness_alone(string theme)
    {
        var heat = ThemeOf(theme).Heat.Select(colour => Contrast(colour, ThemeOf(theme).Background)).ToArray();

        Assert.All(heat.Zip(heat.Skip(1)), pair => Assert.True(pair.Second > 1.1 * pair.First, $"{pair.First:F2} and {pair.Second:F2}"));
    }

    private static ColorTheme ThemeOf(string name) => name == "light" ? ColorTheme.Light : ColorTheme.Dark;

    private static double[] Linear(string colour) =>
    [
        .. Convert.FromHexString(colour[1..]).Select(part => part / 255.0)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)),
    ];

    /// <summary>Contrast ratio of WCAG 2.</summary>
    private static double Contrast(string one, string other)
    {
        var (light, dark) = (Luminance(one) + 0.05, Luminance(other) + 0.05);
        return Math.Max(light / dark, dark / light);

        static double Luminance(string colour) => Linear(colour) is var rgb ? (0.2126 * rgb[0]) + (0.7152 * rgb[1]) + (0.0722 * rgb[2]) : 0;
    }

    private static double[] Times(double[][] matrix, double[] vector) =>
        [.. matrix.Select(row => row.Zip(vector, (a, b) => a * b).Sum())];

    /// <summary>CIE L*a*b*, D65.</summary>
    private static double[] Lab(string colour, double[][] eye)
    {
        var xyz = Times([[0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505], [0.2126, 0.7152, 0.0722], [0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089]], Times(eye, Linear(colour)));
        var f = xyz.Select(part => part > 0.008856 ? Math.Cbrt(part) : (7.787 * part) + (16.0 / 116)).ToArray();
        return [(116 * f[1]) - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])];
    }

    private static double Distance(double[] one, double[] other) =>
        Math.Sqrt(one.Zip(other, (a, b) => (a - b) * (a - b)).Sum());
}
