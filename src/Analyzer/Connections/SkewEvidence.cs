namespace TraceCap.Analyzer.Connections;

/// <summary>What the two ends of a connection show of the clocks of their hosts: which of two events came first, whatever the clocks
/// say.</summary>
internal static class SkewEvidence
{
    /// <summary>A client is established before its server's end is accepted.</summary>
    internal static void NoteOpenings(this ClockSkews skews, in ConnectionEntry one, in ConnectionEntry other)
    {
        if ((one.Role, other.Role) is (ConnectionRole.Client, ConnectionRole.Server))
        {
            skews.NoteOrder(one.Host, one.Opened, other.Host, other.Opened);
        }
        else if ((one.Role, other.Role) is (ConnectionRole.Server, ConnectionRole.Client))
        {
            skews.NoteOrder(other.Host, other.Opened, one.Host, one.Opened);
        }
    }

    /// <summary>Who closes out of CLOSE_WAIT has the FIN of a peer that closed while it was established.</summary>
    internal static void NoteCloses(this ClockSkews skews, in ConnectionEntry one, in ConnectionEntry other)
    {
        if ((one.State, other.State) is (Connection.StateEstablished, Connection.StateCloseWait))
        {
            skews.NoteOrder(one.Host, one.Closed, other.Host, other.Closed);
        }
        else if ((one.State, other.State) is (Connection.StateCloseWait, Connection.StateEstablished))
        {
            skews.NoteOrder(other.Host, other.Closed, one.Host, one.Closed);
        }
    }
}
