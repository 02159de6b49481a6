namespace TraceCap.Format.Tests.Fuzzing;

/// <summary>Gives a file in pieces of all lengths, as a pipe may, so that whatever is searched lies across two of them.</summary>
internal sealed class ShortReads(byte[] bytes) : MemoryStream(bytes)
{
    public override int Read(byte[] buffer, int offset, int count) =>
        base.Read(buffer, offset, Math.Min(count, 1 + (int)(Position * 31 % 257)));
}
