namespace TraceCap.Analyzer.Fields;

/// <summary>The fields that events and connections both have, and those of one that the other has under the same name.</summary>
internal static class CommonFields
{
    internal static readonly Field Host = new("host.name", FieldTypes.Text, "the host", "host");
    internal static readonly Field IpVersion = new("network.type", new WordType(Words.IpVersions), "the family of the socket", "ip");
    internal static readonly Field LocalAddress = new("network.local.address", FieldTypes.Address, "the socket's own address", "local");
    internal static readonly Field LocalPort = new("network.local.port", FieldTypes.Port, "its port", "local.port", "lport");
    internal static readonly Field PeerAddress = new("network.peer.address", FieldTypes.Address, "the address at the other end", "peer");
    internal static readonly Field PeerPort = new("network.peer.port", FieldTypes.Port, "its port", "peer.port", "rport");
    internal static readonly Field State = new("network.connection.state", new WordType(Words.States), "the TCP state that it was closed from, or had before its end", "state");
    internal static readonly Field Id = new("connection.id", FieldTypes.Id, "the kernel's socket cookie", "id");
    internal static readonly Field Pid = new("process.pid", FieldTypes.Number, "the process, as the host numbers it", "pid");
    internal static readonly Field ContainerPid = new("container.pid", FieldTypes.Number, "the process, as its container numbers it: in its innermost PID namespace");
    internal static readonly Field Tid = new("thread.id", FieldTypes.Number, "the thread", "tid");
    internal static readonly Field Process = new("thread.name", FieldTypes.Thread, "the thread's name", "process", "comm");
    internal static readonly Field Uid = new("user.id", FieldTypes.Number, "the user", "uid", "user");
    internal static readonly Field Netns = new("linux.netns", FieldTypes.Number, "the inode number of the socket's network namespace", "netns");
    internal static readonly Field NetnsName = new("linux.netns.name", FieldTypes.Text, "the name of that namespace", "netns.name");
    internal static readonly Field NetnsId = new("linux.netns.id", FieldTypes.Id, "the cookie of that namespace, which no other one gets while the host is up", "netns.id");
    internal static readonly Field Mntns = new("linux.mntns", FieldTypes.Number, "the inode number of the task's mount namespace", "mntns");
    internal static readonly Field Pidns = new("linux.pidns", FieldTypes.Number, "the inode number of the process's PID namespace, if that is not the host's", "pidns");
    internal static readonly Field CgroupId = new("linux.cgroup.id", FieldTypes.Id, "the id of the task's cgroup", "cgroup.id");
    internal static readonly Field Cgroup = new("linux.cgroup.path", FieldTypes.Cgroup, "the path of that cgroup; == also means those below it", "cgroup");
    internal static readonly Field Container = new("container.id", FieldTypes.Container, "the container; == by its first digits", "container");
    internal static readonly Field Runtime = new("container.runtime.name", FieldTypes.Runtime, "what runs the container", "runtime");
    internal static readonly Field Pod = new("k8s.pod.uid", FieldTypes.Pod, "its pod", "pod");
    internal static readonly Field Unit = new("systemd.unit", FieldTypes.Unit, "the systemd unit; == also slices around it", "unit");
    internal static readonly Field ConnectTime = new("connect_ns", FieldTypes.Duration, "from SYN to established, or to the failure", "connect");
    internal static readonly Field AcceptTime = new("accept_ns", FieldTypes.Duration, "from established to accepted: the time in the accept queue", "accept");
    internal static readonly Field TcpEnd = new("tcp.end", new WordType(Words.Ends), "how TCP ended it");
    internal static readonly Field Errno = new("error.type", new WordType(Words.Errors, hasMany: true), "why a connect failed (aborted: the program itself ended it), or what TCP had as its error at the end", "errno");
    internal static readonly Field Error = new("error.number", FieldTypes.Number, "the number of that error", "error");
    internal static readonly Field SentBytes = new("sent_bytes", FieldTypes.Bytes, "payload sent, with retransmissions");
    internal static readonly Field AckedBytes = new("acked_bytes", FieldTypes.Bytes, "acknowledged by the peer; SYN and FIN count one each");
    internal static readonly Field ReceivedBytes = new("received_bytes", FieldTypes.Bytes, "received in order; a FIN counts one");
    internal static readonly Field SentSegments = new("sent_segments", FieldTypes.Count, "segments sent");
    internal static readonly Field ReceivedSegments = new("received_segments", FieldTypes.Count, "segments received");
    internal static readonly Field Retransmits = new("retransmits", FieldTypes.Count, "segments sent again");
    internal static readonly Field Rtt = new("smoothed_rtt_us", FieldTypes.Microseconds, "the smoothed round-trip time", "rtt");

    /// <summary>A name for either address, of which one has to meet a condition.</summary>
    internal const string EitherAddress = "addr";

    /// <summary>A name for either port.</summary>
    internal const string EitherPort = "any.port";
}
