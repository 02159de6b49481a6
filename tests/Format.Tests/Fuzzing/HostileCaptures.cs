namespace TraceCap.Format.Tests.Fuzzing;

public class HostileCaptures
{
    private const int FilesPerSeries = 1000;

    private static readonly CaptureFuzzer fuzzer =
        new(Repository.File("samples/captures"), Repository.File("tests/conformance"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_file_makes_a_reader_fail(int series)
    {
        for (var i = 0; i < FilesPerSeries; i++)
        {
            fuzzer.Run((series * FilesPerSeries) + i);
        }
    }
}
