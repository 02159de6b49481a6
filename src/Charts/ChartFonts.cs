using System.Globalization;
using System.Text;
using ScottPlot;
using SkiaSharp;

namespace TraceCap.Charts;

/// <summary>
/// Brings the fonts that charts are drawn with: many hosts have none, and pictures are to be the same everywhere.
/// </summary>
internal sealed class ChartFonts : IFontResolver
{
    /// <summary>The family; an SVG names it, and what takes its place where it is not installed.</summary>
    internal const string Family = "DejaVu Sans";

    /// <summary>The size of labels.</summary>
    internal const float LabelSize = 12;

    /// <summary>How much deeper labels have to stand to be level with what they belong to, and not to be cut off at the top of
    /// a legend: ScottPlot centres the line, with room for descenders, and not its letters.</summary>
    internal const float Sink = 2.5f;

    private static readonly Lazy<SKTypeface> regular = new(() => Load("DejaVuSans.ttf"));
    private static readonly Lazy<SKTypeface> bold = new(() => Load("DejaVuSans-Bold.ttf"));
    private static readonly Lazy<bool> installed = new(Install);

    private ChartFonts()
    {
    }

    /// <summary>Makes them the fonts of all charts of this process.</summary>
    internal static void Use() => _ = installed.Value;

    /// <summary>The text, with the code points of letters that the fonts do not have.</summary>
    internal static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (regular.Value.ContainsGlyph(rune.Value))
            {
                printable.Append(rune);
            }
            else
            {
                printable.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            }
        }

        return printable.ToString();
    }

    /// <summary>Puts a line break wherever a line would be wider than there is room.</summary>
    internal static string Wrap(string text, float size, bool isBold, double width)
    {
        using var font = new SKFont((isBold ? bold : regular).Value, size);
        var wrapped = new StringBuilder(text.Length);
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var longer = line == "" ? word : $"{line} {word}";
            if (line != "" && font.MeasureText(longer) > width)
            {
                wrapped.Append(line).Append('\n');
                longer = word;
            }

            line = longer;
        }

        return wrapped.Append(line).ToString();
    }

    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName != Family ? null : weight >= FontWeight.SemiBold ? bold.Value : regular.Value;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
        CreateTypeface(fontName, bold ? FontWeight.Bold : FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);

    private static bool Install()
    {
        Fonts.FontResolvers.Insert(0, new ChartFonts());
        Fonts.Default = Fonts.Sans = Fonts.Serif = Fonts.Monospace = Family;
        return true;
    }

    private static SKTypeface Load(string file)
    {
        using var font = typeof(ChartFonts).Assembly.GetManifestResourceStream(file)!;
        using var data = SKData.Create(font);
        return SKTypeface.FromData(data);
    }
}
