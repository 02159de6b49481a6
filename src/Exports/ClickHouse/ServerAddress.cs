using System.Security.Cryptography.X509Certificates;

namespace TraceCap.Exports.ClickHouse;

/// <summary>A ClickHouse server, and who asks it.</summary>
/// <param name="Url">Its HTTP interface; no user and no password are in it.</param>
internal sealed record ServerAddress(Uri Url)
{
    /// <summary>The user; null: the server's default.</summary>
    internal string? User { get; init; }

    /// <summary>The password; null: none.</summary>
    internal string? Password { get; init; }

    /// <summary>Who vouches for the server beside those whom the system trusts; empty: nobody.</summary>
    internal X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>Bytes a second at most; null: as many as there are.</summary>
    internal long? Limit { get; init; }

    /// <summary>What messages call it.</summary>
    internal string Name => Url.GetLeftPart(UriPartial.Authority);

    /// <summary>Reads a URL.</summary>
    /// <exception cref="FormatException">It is none of a server, or has what others would see.</exception>
    internal static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
        {
            throw new FormatException("expected the HTTP interface of a ClickHouse server, such as https://clickhouse.example:8443 or http://127.0.0.1:8123");
        }

        return url is { UserInfo: "", Query: "", Fragment: "" }
            ? url
            : throw new FormatException("a URL on the command line is seen by all users of this host: give the user by --user or CLICKHOUSE_USER, the password by --password-file or CLICKHOUSE_PASSWORD");
    }
}
