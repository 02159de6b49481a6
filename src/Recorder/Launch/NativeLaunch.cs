using System.Runtime.InteropServices;

namespace TraceCap.Recorder.Launch;

/// <summary>The functions of Native/launch.c and Native/attend.c.</summary>
internal static unsafe partial class NativeLaunch
{
    /// <summary>How far a child was when it told.</summary>
    internal enum Step
    {
        /// <summary>It was to join its cgroup.</summary>
        Join,

        /// <summary>It was to become its user.</summary>
        User,

        /// <summary>It looked for the program.</summary>
        Find,

        /// <summary>It was to become the program.</summary>
        Execute,
    }

    /// <summary>struct tracecap_launch</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Launch
    {
        internal byte* Arguments;
        internal byte* Variables;
        internal byte* User;
        internal int ArgumentCount;
        internal int VariableCount;
        internal uint Uid;
        internal uint Gid;
        internal int Procs;
        internal int Closed;
    }

    /// <summary>struct tracecap_child</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Child
    {
        internal int Pid;
        internal int Handle;
        internal int Go;
        internal int Told;
    }

    /// <summary>struct tracecap_report</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Report
    {
        internal Step Step;
        internal int Error;
    }

    /// <summary>struct tracecap_attendant</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Attendant
    {
        internal int Orders;
        internal int Answers;
    }

    /// <summary>struct tracecap_note</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Note
    {
        internal byte Signal;
        internal byte OfTerminal;
    }

    [LibraryImport("libtracecap_native", EntryPoint = "tracecap_launch", SetLastError = true)]
    internal static partial int Begin(in Launch launch, out Child child);

    [LibraryImport("libtracecap_native", EntryPoint = "tracecap_exit_code")]
    internal static partial int ExitCode(int pid);

    [LibraryImport("libtracecap_native", EntryPoint = "tracecap_attend", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Attend(int command, string folder, SafeHandle events, out Attendant attendant);

    [LibraryImport("libtracecap_native", EntryPoint = "tracecap_relay", SetLastError = true)]
    internal static partial int Relay(ReadOnlySpan<byte> signals, int count, int command, SafeHandle orders, out int notes);
}
