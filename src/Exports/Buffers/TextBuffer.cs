using TraceCap.Analyzer.Fields;
using TraceCap.Exports.Schema;

namespace TraceCap.Exports.Buffers;

/// <summary>Text, or addresses: the number of each in a dictionary.</summary>
/// <param name="column">What they are.</param>
internal sealed class TextBuffer(Column column) : ColumnBuffer(column)
{
    /// <summary>A dictionary that has become larger is begun anew once its rows are taken out.</summary>
    private const int MostTexts = 1 << 18;

    private const long MostBytes = 16 << 20;

    private int[] codes = [];

    /// <summary>The different texts. It is kept when the rows are taken out, unless it has become large: see <see cref="TextDictionary.Generation"/>.
    /// </summary>
    public TextDictionary Texts { get; } = new(column.Type);

    /// <summary>The number of each row's text; 0 where there is none.</summary>
    public ReadOnlySpan<int> Codes => codes.AsSpan(0, Count);

    /// <summary>The text of a row; null where there is none.</summary>
    public string? this[int row] => IsKnown(row) ? Texts[codes[row]] : null;

    /// <inheritdoc />
    internal override void Clear()
    {
        base.Clear();
        if (Texts.Count > MostTexts || Texts.Bytes > MostBytes)
        {
            Texts.Clear();
        }
    }

    /// <inheritdoc />
    private protected override int Put<TRows>(TRows rows, int first, Span<ulong> known, int count)
    {
        var target = Room(ref codes, first, count);
        var unknown = 0;
        for (var i = 0; i < target.Length; i++)
        {
            var value = rows.Read(i);
            if (Column.Has(in value))
            {
                target[i] = Texts.CodeOf(in value);
                known[(first + i) / 64] |= 1ul << ((first + i) % 64);
            }
            else
            {
                target[i] = 0;
                unknown++;
            }
        }

        return unknown;
    }

    /// <inheritdoc />
    private protected override void PutSame(int first, in FieldValue value, int rows) => Room(ref codes, first, rows).Fill(Texts.CodeOf(in value));

    /// <inheritdoc />
    private protected override void PutNothing(int first, int rows) => Room(ref codes, first, rows).Clear();
}
