using System.Globalization;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Launch;

/// <summary>Whom a command runs as.</summary>
/// <param name="Uid">The user id.</param>
/// <param name="Gid">The group id.</param>
/// <param name="Account">Whose groups, home and name it has; null: as this process was started.</param>
internal sealed record CommandUser(uint Uid, uint Gid, UserAccount? Account)
{
    /// <summary>
    /// Who called, so that a command has no more rights than it would have without the recorder: whoever asked sudo, doas or
    /// pkexec to be root; else whoever started this process, which may be root.
    /// </summary>
    /// <param name="variable">Reads the environment.</param>
    internal static CommandUser Caller(Func<string, string?> variable)
    {
        var (uid, gid) = (Libc.User(), Libc.Group());
        return uid == 0 && Asked(variable) is { } asked ? asked : new CommandUser(uid, gid, null);
    }

    /// <summary>Another user.</summary>
    internal static CommandUser Of(UserAccount account) => new(account.Uid, account.Gid, account);

    /// <summary>What its environment has in the place of what sudo has put there; <c>NAME=VALUE</c>.</summary>
    internal IEnumerable<string> Variables => Account is null
        ? []
        : new[] { ("HOME", Account.Home), ("USER", Account.Name), ("LOGNAME", Account.Name), ("SHELL", Account.Shell) }
            .Where(variable => variable.Item2.Length > 0).Select(variable => $"{variable.Item1}={variable.Item2}");

    private static CommandUser? Asked(Func<string, string?> variable)
    {
        if (Number("SUDO_UID") is { } sudo)
        {
            var account = UserAccount.Find(sudo);
            return new CommandUser(sudo, Number("SUDO_GID") ?? account.Gid, account);
        }

        return variable("DOAS_USER") is { } name && UserAccount.Find(name) is { } doas ? Of(doas)
            : Number("PKEXEC_UID") is { } uid ? Of(UserAccount.Find(uid))
            : null;

        uint? Number(string text) =>
            uint.TryParse(variable(text), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
