using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Host;

/// <summary>A user of this host.</summary>
/// <param name="Name">As in /etc/passwd.</param>
/// <param name="Uid">The user id.</param>
/// <param name="Gid">The id of the user's own group.</param>
internal sealed record UserAccount(string Name, uint Uid, uint Gid)
{
    /// <summary>Looks a user up.</summary>
    /// <returns>Null if there is none of that name.</returns>
    public static unsafe UserAccount? Find(string name)
    {
        var entry = Libc.FindUser(name);
        return entry == null ? null : new UserAccount(name, entry->Uid, entry->Gid);
    }
}
