using System.Diagnostics.CodeAnalysis;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Filters;

/// <summary>A set of event types. The default holds none.</summary>
public readonly record struct EventTypeSet : IParsable<EventTypeSet>
{
    // Bit n is the type of the nth letter after A.
    private readonly uint members;

    private EventTypeSet(uint members) => this.members = members;

    /// <summary>The types that tcptracer has.</summary>
    public static EventTypeSet Tcptracer { get; } = Parse(string.Concat(EventTypes.All.Where(type => type.IsTcptracer).Select(type => type.Letter)));

    /// <summary>Reads the letters of the tables in any order, such as <c>AC</c>, small or capital.</summary>
    /// <exception cref="FormatException">No letter, or one that is no type's.</exception>
    public static EventTypeSet Parse(string letters)
    {
        var members = 0u;
        foreach (var letter in letters)
        {
            var type = char.ToUpperInvariant(letter);
            if (!EventTypes.Letters.Contains(type, StringComparison.Ordinal))
            {
                throw new FormatException(
                    $"'{letter}' in '{letters}' is no type of event; expected letters of {EventTypes.Letters}");
            }

            members |= 1u << (type - 'A');
        }

        return members != 0
            ? new EventTypeSet(members)
            : throw new FormatException($"no type of event is given; expected letters of {EventTypes.Letters}");
    }

    /// <inheritdoc cref="Parse(string)" />
    public static EventTypeSet Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out EventTypeSet result) =>
        Parsing.TryParse(s, provider, Parse, out result);

    /// <summary>Whether the set holds a type.</summary>
    public bool Contains(TcpEventType type)
    {
        var letter = (uint)type - 'A';
        return letter < 32 && ((members >> (int)letter) & 1) != 0;
    }

    /// <summary>The letters, as <see cref="Parse(string)"/> reads them.</summary>
    public override string ToString()
    {
        var set = this;
        return string.Concat(EventTypes.Letters.Where(letter => set.Contains((TcpEventType)letter)));
    }
}
