using TraceCap.Exports.Protobuf;

namespace TraceCap.Exports.Perfetto;

/// <summary>Words of one kind that a sequence of packets tells once, by their numbers.</summary>
/// <param name="field">The field of InternedData that has them.</param>
internal sealed class InternedWords(int field)
{
    private readonly Dictionary<string, ulong> numbers = [];
    private readonly List<string> fresh = [];

    internal int Count => numbers.Count;

    /// <summary>Whether there are some that were not written.</summary>
    internal bool HasNew => fresh.Count > 0;

    /// <summary>The number of a word.</summary>
    internal ulong Of(string word)
    {
        if (!numbers.TryGetValue(word, out var number))
        {
            number = (ulong)numbers.Count + 1;
            numbers.Add(word, number);
            fresh.Add(word);
        }

        return number;
    }

    internal void Clear()
    {
        numbers.Clear();
        fresh.Clear();
    }

    /// <summary>Writes those that were not written.</summary>
    internal void WriteNew(ProtoWriter proto)
    {
        foreach (var word in fresh)
        {
            var entry = proto.Begin(field);
            proto.Number(TraceFields.InternedData.Iid, numbers[word]);
            proto.Text(TraceFields.InternedData.Name, word);
            proto.End(entry);
        }

        fresh.Clear();
    }
}
