using System.Globalization;
using System.Text.RegularExpressions;

namespace TraceCap.Exports.ClickHouse;

/// <summary>A server did not do what it was asked for.</summary>
/// <param name="message">Names the server, and what it said.</param>
/// <param name="isFinal">Whether it makes no sense to try again.</param>
/// <param name="inner">What it came from.</param>
internal sealed partial class FleetException(string message, bool isFinal, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Errors of ClickHouse that mean that something is not as it has to be, and what to do about them. All others may pass: no
    /// room, no memory, too many parts, a server that starts or is gone.</summary>
    private static readonly Dictionary<int, string> final = new()
    {
        [6] = "", // CANNOT_PARSE_TEXT
        [16] = OtherTables, // NO_SUCH_COLUMN_IN_TABLE
        [33] = OtherTables, // CANNOT_READ_ALL_DATA
        [43] = "", // ILLEGAL_TYPE_OF_ARGUMENT
        [46] = "", // UNKNOWN_FUNCTION
        [47] = OtherTables, // UNKNOWN_IDENTIFIER
        [53] = OtherTables, // TYPE_MISMATCH
        [60] = NoTables, // UNKNOWN_TABLE
        [62] = "", // SYNTAX_ERROR
        [81] = NoTables, // UNKNOWN_DATABASE
        [115] = "", // UNKNOWN_SETTING
        [117] = OtherTables, // INCORRECT_DATA
        [164] = "", // READONLY
        [192] = WrongUser, // UNKNOWN_USER
        [193] = WrongUser, // WRONG_PASSWORD
        [194] = WrongUser, // REQUIRED_PASSWORD
        [195] = WrongUser, // IP_ADDRESS_NOT_ALLOWED
        [452] = "", // SETTING_CONSTRAINT_VIOLATION
        [497] = "; packaging/clickhouse/users.xml has what a user has to be granted", // ACCESS_DENIED
        [516] = WrongUser, // AUTHENTICATION_FAILED
    };

    private const string NoTables = "; run packaging/clickhouse/tables.sql on each server first";
    private const string OtherTables = "; its tables are of another version: compare them with packaging/clickhouse/tables.sql";
    private const string WrongUser = "; the user is --user or CLICKHOUSE_USER, the password that of --password-file or CLICKHOUSE_PASSWORD";

    /// <summary>Those of them that are of SQL, when somebody has written it.</summary>
    private static readonly int[] ofSql = [43, 46, 47, 53, 60, 62, 81, 115, 164];

    /// <summary>The longest message of a server that is passed on.</summary>
    private const int Longest = 300;

    /// <summary>Whether it makes no sense to try again.</summary>
    internal bool IsFinal => isFinal;

    /// <summary>Whether the SQL that somebody has written is wrong.</summary>
    internal bool IsOfSql { get; init; }

    /// <summary>What a server answered that is not what was wanted.</summary>
    /// <param name="server">What messages call it.</param>
    /// <param name="status">The status of HTTP.</param>
    /// <param name="body">The answer.</param>
    internal static FleetException Of(string server, int status, string body) => Of(server, status, body, isQuery: false);

    /// <summary>What a server answered to SQL that somebody has written.</summary>
    /// <inheritdoc cref="Of(string, int, string)" path="/param" />
    internal static FleetException OfQuery(string server, int status, string body) => Of(server, status, body, isQuery: true);

    private static FleetException Of(string server, int status, string body, bool isQuery)
    {
        if (Error().Match(body) is not { Success: true } error)
        {
            // What is between it and this host may be busy: 408, 425, 429, and 5xx.
            var mayPass = status is 408 or 425 or 429 or >= 500;
            return new FleetException(
                string.Create(CultureInfo.InvariantCulture, $"{server}: HTTP status {status}{(mayPass ? "" : ", as no ClickHouse server answers; expected its HTTP interface, mostly port 8123, or 8443 with TLS")}"), !mayPass);
        }

        var code = int.Parse(error.Groups["code"].ValueSpan, CultureInfo.InvariantCulture);
        var isKnown = final.TryGetValue(code, out var advice);
        var text = error.Groups["text"].Value.Trim().ReplaceLineEndings(" ").TrimEnd('.');
        var isOfSql = isQuery && ofSql.Contains(code);
        return new FleetException($"{server}: {(text.Length > Longest ? text[..Longest] + "..." : text)}{(isOfSql ? "" : advice)}", isKnown) { IsOfSql = isOfSql };
    }

    [GeneratedRegex(@"Code: (?<code>\d{1,9})\. DB::Exception: (?<text>.*?)( \(version [^()]*\)|\z)", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Error();
}
