using System.Text;

namespace TraceCap.Analyzer.Formatting;

/// <summary>What a piece of text is for its reader, for whom words say the same.</summary>
internal enum Emphasis
{
    /// <summary>Nothing special.</summary>
    None,

    /// <summary>What stands above other text.</summary>
    Heading,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Worth a look, or not known for sure.</summary>
    Doubtful,

    /// <summary>Failed, or lost.</summary>
    Bad,
}

/// <summary>Makes text stand out on a terminal that shows colours. Only the 16 colours that the user of a terminal has chosen, and no
/// background: so it can be read on light and on dark.</summary>
internal sealed class TextColours
{
    private readonly bool isOn;

    private TextColours(bool isOn) => this.isOn = isOn;

    /// <summary>Text as it is.</summary>
    internal static TextColours None { get; } = new(isOn: false);

    /// <summary>Text with codes of ECMA-48 (SGR) around what stands out.</summary>
    internal static TextColours Terminal { get; } = new(isOn: true);

    /// <summary>Whether anything stands out.</summary>
    internal bool AreOn => isOn;

    /// <summary>What begins such text; empty if it does not stand out.</summary>
    internal ReadOnlySpan<byte> Begin(Emphasis emphasis) => !isOn ? [] : emphasis switch
    {
        Emphasis.Heading => "\e[1m"u8,
        Emphasis.Good => "\e[32m"u8,
        Emphasis.Doubtful => "\e[35m"u8,
        Emphasis.Bad => "\e[1;31m"u8,
        _ => [],
    };

    /// <summary>What ends it.</summary>
    internal ReadOnlySpan<byte> End(Emphasis emphasis) => isOn && emphasis != Emphasis.None ? "\e[0m"u8 : [];

    /// <summary>Text that stands out. Its width is that of the text: codes take no columns.</summary>
    internal string Of(string text, Emphasis emphasis) => !isOn || emphasis == Emphasis.None || text.Length == 0 ? text : string.Concat(
        Encoding.ASCII.GetString(Begin(emphasis)), text, Encoding.ASCII.GetString(End(emphasis)));

    /// <summary>How many of something that should be none.</summary>
    internal static Emphasis OfFailures(long count) => count > 0 ? Emphasis.Bad : Emphasis.None;
}
