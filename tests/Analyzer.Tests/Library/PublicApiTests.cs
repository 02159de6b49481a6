using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Library;

/// <inheritdoc cref="PublicApi" />
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_one_in_the_file() =>
        PublicApi.Compare("tests/Analyzer.Tests/Library/PublicApi.txt", typeof(TcpEvent).Assembly, typeof(Connection).Assembly);
}
