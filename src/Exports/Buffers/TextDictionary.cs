using System.Runtime.CompilerServices;
using System.Text;
using TraceCap.Analyzer.Fields;

namespace TraceCap.Exports.Buffers;

/// <summary>The different texts of a column, each with a number: the first is 0, and each new one gets the next.</summary>
/// <param name="type">Makes text of a value.</param>
internal sealed class TextDictionary(FieldType type)
{
    /// <summary>So many of the latest are found at once.</summary>
    private const int LatestSlots = 128;

    private readonly Dictionary<Key, int> codes = new(KeyComparer.Instance);
    private readonly Dictionary<string, int> byText = [];
    private readonly List<Entry> entries = [];
    private (Key Key, int Code)[] latest = [];

    /// <summary>How many there are.</summary>
    public int Count => entries.Count;

    /// <summary>How many bytes all of them have.</summary>
    public long Bytes { get; private set; }

    /// <summary>Grows when all numbers are given anew.</summary>
    public int Generation { get; private set; }

    /// <summary>A text.</summary>
    public string this[int code] => entries[code].Text;

    /// <summary>A text in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8(int code) => entries[code].Utf8;

    /// <summary>A value that has that text: of an address its bytes and family.</summary>
    public FieldValue Value(int code) => entries[code].Value;

    /// <summary>The number of the text of a value.</summary>
    internal int CodeOf(in FieldValue value)
    {
        var key = new Key(value.Bits, value.Number, value.Kind, value.Name);
        if (latest.Length == 0)
        {
            latest = new (Key, int)[LatestSlots];
        }

        ref var slot = ref latest[KeyComparer.Hash(in key) & (LatestSlots - 1)];
        // A slot has the number behind the code: 0 is that of an empty one.
        if (slot.Code > 0 && KeyComparer.AreEqual(in key, in slot.Key))
        {
            return slot.Code - 1;
        }

        if (!codes.TryGetValue(key, out var code))
        {
            // Other values may have the same text: the cgroups of two sections are different objects.
            var text = type.Text(in value);
            if (!byText.TryGetValue(text, out code))
            {
                code = entries.Count;
                var bytes = Encoding.UTF8.GetBytes(text);
                Bytes += bytes.Length;
                entries.Add(new Entry(text, bytes, value));
                byText.Add(text, code);
            }

            codes.Add(key, code);
        }

        slot = (key, code + 1);
        return code;
    }

    /// <summary>Forgets them all.</summary>
    internal void Clear()
    {
        codes.Clear();
        byText.Clear();
        entries.Clear();
        Array.Clear(latest);
        Bytes = 0;
        Generation++;
    }

    private readonly record struct Entry(string Text, byte[] Utf8, FieldValue Value);

    private readonly record struct Key(UInt128 Bits, ulong Number, byte Kind, object? Name);

    private sealed class KeyComparer : IEqualityComparer<Key>
    {
        internal static KeyComparer Instance { get; } = new();

        public bool Equals(Key x, Key y) => AreEqual(in x, in y);

        public int GetHashCode(Key key) => Hash(in key);

        internal static bool AreEqual(in Key x, in Key y) => x.Bits == y.Bits && x.Number == y.Number && x.Kind == y.Kind && ReferenceEquals(x.Name, y.Name);

        internal static int Hash(in Key key)
        {
            var mixed = ((ulong)key.Bits ^ (key.Number << 1) ^ key.Kind) * 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 32) ^ (ulong)(key.Bits >> 64)) * 0x9E3779B97F4A7C15;
            return (int)(mixed >> 32) ^ (key.Name is null ? 0 : RuntimeHelpers.GetHashCode(key.Name));
        }
    }
}
