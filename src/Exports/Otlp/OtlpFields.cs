namespace TraceCap.Exports.Otlp;

/// <summary>The numbers of the fields of OTLP's messages that are written or read: otlp.proto has the same.</summary>
internal static class OtlpFields
{
    internal static class Request
    {
        internal const int ResourceLogs = 1;
    }

    internal static class Response
    {
        internal const int PartialSuccess = 1;
        internal const int RejectedLogRecords = 1;
        internal const int ErrorMessage = 2;
    }

    internal static class Status
    {
        internal const int Message = 2;
    }

    internal static class ResourceLogs
    {
        internal const int Resource = 1;
        internal const int ScopeLogs = 2;
        internal const int Attributes = 1;
    }

    internal static class ScopeLogs
    {
        internal const int Scope = 1;
        internal const int LogRecords = 2;
        internal const int Name = 1;
        internal const int Version = 2;
    }

    internal static class LogRecord
    {
        internal const int TimeUnixNano = 1;
        internal const int SeverityNumber = 2;
        internal const int SeverityText = 3;
        internal const int Body = 5;
        internal const int Attributes = 6;
        internal const int ObservedTimeUnixNano = 11;
        internal const int EventName = 12;

        internal const int Info = 9;
        internal const int Warn = 13;
    }

    internal static class KeyValue
    {
        internal const int Key = 1;
        internal const int Value = 2;
    }

    internal static class AnyValue
    {
        internal const int Text = 1;
        internal const int Flag = 2;
        internal const int Integer = 3;
    }
}
