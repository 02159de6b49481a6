using TraceCap.Format.Blocks;

namespace TraceCap.Format.Merging;

/// <summary>A capture that is to be merged.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Open">Opens it; more than once if it can seek. What cannot is kept in a temporary file.</param>
internal sealed record MergeInput(string Name, Func<Stream> Open);

/// <summary>An input of which not everything could be read.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Damage">What is damaged, in one of its sections.</param>
/// <param name="IsTruncated">Whether that section has no footer.</param>
internal readonly record struct IncompleteInput(string Name, DamageLog Damage, bool IsTruncated);
