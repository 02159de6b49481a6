using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Merging;

/// <summary>A loss as a source tells it, with what could not be read then.</summary>
/// <param name="Dated">What was lost, and when.</param>
/// <param name="Damage">What could not be read, now or when the source was written; but for how many events that took.</param>
internal readonly record struct ToldLoss(DatedLoss Dated, MissingEvents Damage);
