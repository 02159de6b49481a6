using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TraceCap.Exports.ObjectStorage;

/// <summary>Signature Version 4 of Amazon's services: who has the secret key signs a request with it, and never sends it.</summary>
/// <param name="accessKey">Who signs.</param>
/// <param name="secretKey">What only the service knows as well.</param>
/// <param name="region">Where the service is.</param>
internal sealed class AwsSignature(string accessKey, string secretKey, string region)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Service = "s3";

    /// <summary>A time as requests have it.</summary>
    internal static string Time(DateTime utc) => utc.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The header <c>Authorization</c> of a request.</summary>
    /// <param name="method">What is done.</param>
    /// <param name="path">The path as it is sent.</param>
    /// <param name="headers">The headers that are signed, by their names in lower case; host and x-amz-date are among them.</param>
    /// <param name="payload">The SHA-256 sum of the body, in hexadecimal digits.</param>
    internal string Authorization(string method, string path, SortedDictionary<string, string> headers, string payload)
    {
        var time = headers["x-amz-date"];
        var (day, names) = (time[..8], string.Join(';', headers.Keys));
        var scope = $"{day}/{region}/{Service}/aws4_request";
        var request = $"{method}\n{path}\n\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{payload}";
        var text = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(request)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in new[] { day, region, Service, "aws4_request" })
        {
            key = Sign(key, part);
        }

        return $"{Algorithm} Credential={accessKey}/{scope},SignedHeaders={names},Signature={Hex(Sign(key, text))}";
    }

    /// <summary>Bytes in hexadecimal digits.</summary>
    internal static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static byte[] Sign(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
