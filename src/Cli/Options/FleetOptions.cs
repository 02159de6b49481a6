using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.ClickHouse;

namespace TraceCap.Cli.Options;

/// <summary>Which ClickHouse server, and who asks it. Secrets are in files or in the environment: arguments are seen by all users of a
/// host.</summary>
internal sealed class FleetOptions
{
    private const string AccessKeyVariable = "AWS_ACCESS_KEY_ID";
    private const string SecretKeyVariable = "AWS_SECRET_ACCESS_KEY";
    private const string UserVariable = "CLICKHOUSE_USER";
    private const string PasswordVariable = "CLICKHOUSE_PASSWORD";

    private readonly Option<Uri?> url = OptionFactory.Explained(
        "The HTTP interface of a ClickHouse server, such as https://clickhouse.example:8443.", "URL", ServerAddress.Parse, "--url");

    private readonly Option<string?> user = OptionFactory.Text($"The user; {UserVariable} if not given.", "NAME", "--user");

    private readonly Option<string?> password = OptionFactory.Text(
        $"A file whose first line is the password; {PasswordVariable} if not given.", "FILE", "--password-file").Offering(ValueSource.Files());

    private readonly Option<string?> authorities = OptionFactory.Text(
        "A file with certificates (PEM) of who vouches for the server, instead of those whom the system trusts.", "FILE", "--ca-file").Offering(ValueSource.Files());

    internal Option<Uri?> Url => url;

    internal void AddTo(Command command)
    {
        OptionGroups.Put(OptionGroups.Server, url, user, password, authorities);
        command.Add(url);
        command.Add(user);
        command.Add(password);
        command.Add(authorities);
    }

    /// <summary>The server.</summary>
    /// <exception cref="CommandException">A file cannot be read, or a password would go unprotected over a network.</exception>
    internal ServerAddress Address(ParseResult parsed)
    {
        var address = Address(parsed, UserVariable, PasswordVariable);
        return address is { Password: null } or { Url: { Scheme: "https" } or { IsLoopback: true } }
            ? address
            : throw new CommandException($"{address.Name}: the password would go over the network as it is; expected https://", ExitCode.Usage);
    }

    /// <summary>The bucket; the user is the access key, the password the secret key, which signs and is never sent.</summary>
    /// <exception cref="CommandException">A file cannot be read, or there is one key of two.</exception>
    internal ServerAddress Bucket(ParseResult parsed)
    {
        var address = Address(parsed, AccessKeyVariable, SecretKeyVariable);
        return address.User is null == address.Password is null
            ? address
            : throw new CommandException($"{address.Name}: one of two keys is missing: --user or {AccessKeyVariable}, and --password-file or {SecretKeyVariable}", ExitCode.Usage);
    }

    private ServerAddress Address(ParseResult parsed, string userVariable, string passwordVariable) => new(parsed.GetValue(url)!)
    {
        User = parsed.GetValue(user) ?? Variable(userVariable),
        Password = parsed.GetValue(password) is { } file ? FirstLine(file) : Variable(passwordVariable),
        Authorities = Certificates(parsed.GetValue(authorities)),
    };

    /// <summary>A variable of the environment; null if it is not there or empty.</summary>
    internal static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string FirstLine(string file) =>
        Read(file, "--password-file", path => File.ReadLines(path).FirstOrDefault()) is { Length: > 0 } line
            ? line
            : throw new CommandException($"--password-file {file}: its first line is empty; expected the password");

    private static X509Certificate2Collection Certificates(string? file)
    {
        var certificates = new X509Certificate2Collection();
        if (file is not null)
        {
            try
            {
                Read(file, "--ca-file", path =>
                {
                    certificates.ImportFromPemFile(path);
                    return path;
                });
            }
            catch (CryptographicException)
            {
                // There is none in it.
            }

            if (certificates.Count == 0)
            {
                throw new CommandException($"--ca-file {file}: there is no certificate in it; expected PEM: -----BEGIN CERTIFICATE-----");
            }
        }

        return certificates;
    }

    private static string? Read(string file, string option, Func<string, string?> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{option}: {error.Message}");
        }
    }
}
