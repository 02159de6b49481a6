namespace TraceCap.Exports.Perfetto;

/// <summary>The numbers of the fields of Perfetto's messages that are written: trace.proto has the same.</summary>
internal static class TraceFields
{
    /// <summary>Of Trace.</summary>
    internal const int Packet = 1;

    internal static class TracePacket
    {
        internal const int ClockSnapshot = 6;
        internal const int Timestamp = 8;
        internal const int TrustedPacketSequenceId = 10;
        internal const int TrackEvent = 11;
        internal const int InternedData = 12;
        internal const int SequenceFlags = 13;
        internal const int TimestampClockId = 58;
        internal const int TrackDescriptor = 60;
        internal const int FirstPacketOnSequence = 87;

        internal const ulong IncrementalStateCleared = 1;
        internal const ulong NeedsIncrementalState = 2;
    }

    internal static class ClockSnapshot
    {
        internal const int Clocks = 1;
        internal const int ClockId = 1;
        internal const int Timestamp = 2;

        internal const ulong Realtime = 1;
        internal const ulong Monotonic = 3;
        internal const ulong Boottime = 6;
    }

    internal static class TrackDescriptor
    {
        internal const int Uuid = 1;
        internal const int Name = 2;
        internal const int Process = 3;
        internal const int ParentUuid = 5;
        internal const int Counter = 8;
        internal const int Description = 14;
    }

    internal static class ProcessDescriptor
    {
        internal const int Pid = 1;
        internal const int ProcessName = 6;
    }

    internal static class CounterDescriptor
    {
        internal const int Unit = 3;

        internal const ulong Count = 2;
    }

    internal static class TrackEvent
    {
        internal const int CategoryIids = 3;
        internal const int DebugAnnotations = 4;
        internal const int Type = 9;
        internal const int NameIid = 10;
        internal const int TrackUuid = 11;
        internal const int CounterValue = 30;
    }

    internal static class DebugAnnotation
    {
        internal const int NameIid = 1;
        internal const int BoolValue = 2;
        internal const int UintValue = 3;
        internal const int StringValue = 6;
    }

    internal static class InternedData
    {
        internal const int EventCategories = 1;
        internal const int EventNames = 2;
        internal const int DebugAnnotationNames = 3;

        /// <summary>Of each of the three.</summary>
        internal const int Iid = 1;

        /// <summary>Of each of the three.</summary>
        internal const int Name = 2;
    }
}

/// <summary>What a TrackEvent is.</summary>
internal enum TrackEventType
{
    /// <summary>A slice begins.</summary>
    SliceBegin = 1,

    /// <summary>The slice ends that began last on its track.</summary>
    SliceEnd = 2,

    /// <summary>Something happened.</summary>
    Instant = 3,

    /// <summary>A counter has a value from now on.</summary>
    Counter = 4,
}
