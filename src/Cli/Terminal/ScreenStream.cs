namespace TraceCap.Cli.Terminal;

/// <summary>Standard output on a terminal on which a status line may stand: what is printed takes its place.</summary>
internal sealed class ScreenStream(Stream output) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        StatusLine.Hide();
        output.Write(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            output.Dispose();
        }

        base.Dispose(disposing);
    }
}
