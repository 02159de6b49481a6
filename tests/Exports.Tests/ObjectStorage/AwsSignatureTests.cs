using TraceCap.Exports.ObjectStorage;

namespace TraceCap.Exports.Tests.ObjectStorage;

/// <summary>The examples that Amazon publishes for signatures in headers.</summary>
public sealed class AwsSignatureTests
{
    private const string EmptySum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly AwsSignature signature = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1");

    [Fact]
    public void An_object_is_asked_for() => Assert.Equal(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        signature.Authorization("GET", "/test.txt", Headers(EmptySum, ("range", "bytes=0-9")), EmptySum));

    [Fact]
    public void An_object_is_put()
    {
        const string Sum = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,"
                + "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            signature.Authorization("PUT", "/test%24file.text", Headers(Sum, ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")), Sum));
    }

    [Fact]
    public void A_time_is_of_UTC() => Assert.Equal("20130524T000000Z", AwsSignature.Time(new DateTime(2013, 5, 24, 0, 0, 0, DateTimeKind.Utc)));

    private static SortedDictionary<string, string> Headers(string sum, params (string Name, string Value)[] others)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = "examplebucket.s3.amazonaws.com",
            ["x-amz-content-sha256"] = sum,
            ["x-amz-date"] = "20130524T000000Z",
        };
        foreach (var (name, value) in others)
        {
            headers[name] = value;
        }

        return headers;
    }
}
