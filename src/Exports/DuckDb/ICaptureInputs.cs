using TraceCap.Format.Reading;

namespace TraceCap.Exports.DuckDb;

/// <summary>The captures that SQL can read.</summary>
internal interface ICaptureInputs
{
    /// <summary>Those that are meant if SQL names none, by name or by pattern.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Opens one.</summary>
    /// <param name="name">Its name, no pattern.</param>
    ICaptureInput Open(string name);
}

/// <summary>A capture that is read.</summary>
internal interface ICaptureInput : IDisposable
{
    /// <summary>Its content.</summary>
    Stream Stream { get; }

    /// <summary>All of it was read.</summary>
    /// <param name="reader">Knows what could not be.</param>
    void Ended(CaptureReader reader);
}
