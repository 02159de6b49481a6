using System.Text;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;

namespace TraceCap.Analyzer.Metrics;

/// <summary>The connections of one group, such as <c>port=443</c>.</summary>
internal sealed record ConnectionSelector
{
    private readonly GroupKey key;
    private readonly CgroupFilter? cgroup;

    private readonly string text;

    private ConnectionSelector(Grouping by, GroupKey key, string text) =>
        (By, this.key, cgroup, this.text) = (by, key, by.Filter(key), text);

    /// <summary>By what connections are told apart.</summary>
    public Grouping By { get; }

    /// <summary>Reads a name of <c>summary --by</c>, an equals sign and a group, which may be in double quotes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ConnectionSelector Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = (equals < 0 ? text : text[..equals]).Trim();
        if (equals < 0 || Grouping.All.FirstOrDefault(one => one.Word == name) is not { } by)
        {
            throw new FormatException($"one of {string.Join(", ", Grouping.All.Select(one => $"{one.Word}="))} is expected");
        }

        return by.Parse(ReadValue(text, equals + 1)) is { } key
            ? new ConnectionSelector(by, key, text.Trim())
            : throw new FormatException($"{by.Expected} is expected");
    }

    /// <summary>Whether a connection is of the group.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="recording">What it was recorded in.</param>
    public bool Matches(in Connection connection, RecordedSpan recording) =>
        cgroup?.Matches(connection.CgroupIn(recording))
        ?? (By.Has(in connection) && By.Key(in connection, recording) == key);

    /// <summary>Selectors are equal that select the same.</summary>
    public bool Equals(ConnectionSelector? other) => other is not null && By == other.By && key == other.key;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(By, key);

    /// <summary>The selector as it was written.</summary>
    public override string ToString() => text;

    private static byte[] ReadValue(string text, int begin)
    {
        var value = text[begin..].TrimStart();
        if (!value.StartsWith('"'))
        {
            return Encoding.UTF8.GetBytes(value.TrimEnd());
        }

        var at = text.Length - value.Length;
        var quoted = QuotedText.Read(text, ref at);
        return string.IsNullOrWhiteSpace(text[at..])
            ? quoted
            : throw new SelectorFormatException("nothing is expected behind the closing \"", at, text.Length - at);
    }
}
