namespace TraceCap.Format;

/// <summary>
/// Makes a sound capture out of one that is damaged or was cut short: every block that can be read is kept as it is
/// stored, in its place, and the footer is made anew.
/// </summary>
/// <param name="reader">Has not been read from yet.</param>
/// <param name="output">Stays open.</param>
public sealed class CaptureRecovery(CaptureReader reader, Stream output) : CaptureRewriter(reader)
{
    /// <inheritdoc />
    protected override CaptureWriter Begin() => new(output, Reader);

    /// <inheritdoc />
    protected override void Write(CaptureWriter writer) => writer.Copy(Reader);
}
