using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Format.Merging;

/// <summary>
/// Which losses the sources of a merge have told: recordings that ran at the same time, and parts of one capture, tell the same ones, and each
/// counts once. There is one for the whole merge: sources that are merged in groups tell the same ones, too.
/// </summary>
internal sealed class ToldLosses
{
    private readonly Dictionary<(ulong Time, LossCounters LossCounters), MergeSource> losses = [];
    private readonly Dictionary<(ulong Time, MissingEvents Damage), MergeSource> damage = [];
    private readonly Dictionary<(string Clock, ulong Start, MissingEvents Missing), MergeSource> rests = [];

    /// <summary>What of a loss no other source has told.</summary>
    internal ToldLoss New(MergeSource source, in ToldLoss told)
    {
        var dated = told.Dated;
        return new ToldLoss(
            IsFirst(losses, dated.Key, source) ? dated : dated with { LossCounters = default },
            told.Damage.IsNone || IsFirst(damage, (dated.To, told.Damage), source) ? told.Damage : default);
    }

    /// <summary>What is missing in a source that has ended, nobody knows when, if no other part of the same recording has told that.</summary>
    internal MissingEvents NewRest(MergeSource source)
    {
        var rest = source.Rest;
        return rest.IsNone || IsFirst(rests, (source.Clock, source.Header.Start?.Monotonic ?? 0, rest), source) ? rest : default;
    }

    /// <summary>What is merged already has nothing that counts again.</summary>
    private static bool IsFirst<TKey>(Dictionary<TKey, MergeSource> all, TKey key, MergeSource source)
        where TKey : notnull => source.IsMerged || all.TryAdd(key, source) || all[key] == source;
}
