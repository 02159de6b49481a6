using TraceCap.Format.Metadata;

namespace TraceCap.Format.Reading;

/// <summary>The names that held when chunks arrived, for those of which events are still held back. Arrivals are counted;
/// chunks with the same names share a number.</summary>
internal sealed class ArrivedNames
{
    private readonly List<CaptureNames> held = [];
    private int first;

    /// <summary>Notes the names that hold for a chunk.</summary>
    /// <param name="names">They are the section's, as far as it has been read.</param>
    /// <param name="needed">The number of the earliest arrival of which events are held back; null if there is none.</param>
    /// <returns>The number of the arrival.</returns>
    internal int Arrive(CaptureNames names, int? needed)
    {
        if (held.Count > 0 && held[^1] == names)
        {
            return first + held.Count - 1;
        }

        // What was given already may still be looked at: it is of the last arrivals only.
        var done = Math.Clamp((needed ?? int.MaxValue) - first, 0, held.Count);
        held.RemoveRange(0, done);
        first += done;
        Forget(names);
        held.Add(names);
        return first + held.Count - 1;
    }

    /// <summary>The names that held for an arrival.</summary>
    internal CaptureNames Of(int arrival) => held[arrival - first];

    /// <summary>There are no more events of these.</summary>
    internal void Clear()
    {
        first += held.Count;
        held.Clear();
    }

    /// <summary>A file may be made to have events held back while it names more than memory has room for.</summary>
    private void Forget(CaptureNames now)
    {
        for (var i = 0; i < held.Count && held[i].IsLongBefore(now); i++)
        {
            held[i] = CaptureNames.None;
        }
    }
}
