using TraceCap.Analyzer.Tests.Library;

namespace TraceCap.Charts.Tests;

/// <inheritdoc cref="PublicApi" />
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_one_in_the_file() =>
        PublicApi.Compare("tests/Charts.Tests/PublicApi.txt", typeof(Chart).Assembly);
}
