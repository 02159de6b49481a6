namespace TraceCap.Recorder.Probes;

/// <summary>What a filter does with what it does not list; enum filter of bpf/tracecap.bpf.h.</summary>
internal enum FilterMode : byte
{
    /// <summary>There is no filter.</summary>
    None,

    /// <summary>It does not pass.</summary>
    Only,

    /// <summary>It passes.</summary>
    Not,
}

/// <summary>What one filter lets pass: only what it lists, or all but what it lists.</summary>
internal sealed record Wanted<T>
{
    /// <summary>Only these; none: all.</summary>
    public IReadOnlyList<T> Only { get; init; } = [];

    /// <summary>These not, also if <see cref="Only"/> has them.</summary>
    public IReadOnlyList<T> Not { get; init; } = [];

    /// <summary>What happens to all others.</summary>
    internal FilterMode Mode => Only.Count > 0 ? FilterMode.Only : Not.Count > 0 ? FilterMode.Not : FilterMode.None;

    /// <summary>Only this one.</summary>
    public static implicit operator Wanted<T>(T one) => new() { Only = [one] };

    /// <summary>Whether it passes.</summary>
    internal bool Passes(T one) => !Not.Contains(one) && (Only.Count == 0 || Only.Contains(one));

    /// <summary>What is listed, each once, and whether it passes.</summary>
    internal IEnumerable<(T One, bool Passes)> Listed =>
        Only.Except(Not).Select(one => (one, true)).Concat(Not.Distinct().Select(one => (one, false)));

    /// <summary>As a capture's header says it: <c>80,443</c>, <c>not 22</c>, <c>80,443 not 22</c>.</summary>
    public override string ToString() => string.Join(' ', new[] { Text("", Only), Text("not ", Not) }.Where(part => part.Length > 0));

    private static string Text(string before, IReadOnlyList<T> some) =>
        some.Count == 0 ? "" : before + string.Join(',', some.Select(one => FormattableString.Invariant($"{one}")));
}
