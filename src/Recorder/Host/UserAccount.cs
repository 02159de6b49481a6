using System.Globalization;
using System.Runtime.InteropServices;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>A user of this host.</summary>
/// <param name="Name">As in /etc/passwd.</param>
/// <param name="Uid">The user id.</param>
/// <param name="Gid">The id of the user's own group.</param>
internal sealed record UserAccount(string Name, uint Uid, uint Gid)
{
    /// <summary>The user's own folder; empty if it is not known.</summary>
    public string Home { get; private init; } = "";

    /// <summary>The program that the user logs in to; empty if it is not known.</summary>
    public string Shell { get; private init; } = "";

    /// <summary>Looks a user up.</summary>
    /// <returns>Null if there is none of that name.</returns>
    public static unsafe UserAccount? Find(string name) => Of(Libc.FindUser(name));

    /// <summary>Looks a user up; one that is not in /etc/passwd has its number as a name, and as that of its group.</summary>
    public static unsafe UserAccount Find(uint uid) =>
        Of(Libc.FindUser(uid)) ?? new UserAccount(uid.ToString(CultureInfo.InvariantCulture), uid, uid);

    private static unsafe UserAccount? Of(Libc.PasswordEntry* entry) => entry == null ? null : new UserAccount(Text(entry->Name), entry->Uid, entry->Gid)
    {
        Home = Text(entry->Home),
        Shell = Text(entry->Shell),
    };

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}
