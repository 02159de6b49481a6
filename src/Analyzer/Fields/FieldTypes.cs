using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Format.Units;

namespace TraceCap.Analyzer.Fields;

/// <summary>The table of the types that fields have.</summary>
internal static class FieldTypes
{
    private const string WholeNumber = "a whole number";

    /// <summary>How many.</summary>
    internal static FieldType Count { get; } = new NumberType("count", WholeNumber, ReadNumber);

    /// <summary>A number that only tells things apart and fits 53 bits: a process, a user, a namespace.</summary>
    internal static FieldType Number { get; } = new NumberType("number", WholeNumber, ReadNumber);

    /// <summary>The same of 64 bits: in JSON a string.</summary>
    internal static FieldType Id { get; } = new NumberType("id", WholeNumber, ReadNumber, shape: JsonShape.Text);

    /// <summary>CLOCK_MONOTONIC ns: in JSON a string.</summary>
    internal static FieldType Monotonic { get; } = new NumberType("monotonic ns", WholeNumber, ReadTime, shape: JsonShape.Text);

    /// <summary>A port.</summary>
    internal static FieldType Port { get; } = new NumberType(
        "port", "a port from 0 to 65535, or a name such as http, behind 'in' also a range such as 8000-8100", NumberType.ReadPort);

    /// <summary>Nanoseconds.</summary>
    internal static FieldType Duration { get; } = new NumberType("duration, ns", $"a time with its unit, such as 50us, 5ms or 1.5s,", ReadTime, DurationText.Of);

    /// <summary>Microseconds.</summary>
    internal static FieldType Microseconds { get; } =
        new NumberType("duration, us", $"a time with its unit, such as 50us, 5ms or 1.5s,", ReadTime, microseconds => DurationText.Of(microseconds * 1000)) { Scale = 1000 };

    /// <summary>Bytes.</summary>
    internal static FieldType Bytes { get; } = new NumberType("bytes", $"a size, such as 500, 64KiB or 1.5MiB,", ReadSize, bytes => ByteText.Of((long)Math.Min(bytes, long.MaxValue)));

    /// <summary>True or false.</summary>
    internal static FieldType Flag { get; } = new FlagType();

    /// <summary>Any text.</summary>
    internal static FieldType Text { get; } = new TextType();

    /// <summary>A thread's name.</summary>
    internal static FieldType Thread { get; } = new ThreadNameType();

    /// <summary>An address.</summary>
    internal static FieldType Address { get; } = new AddressType();

    /// <summary>An address and a port.</summary>
    internal static FieldType Endpoint { get; } = new EndpointType();

    /// <summary>An instant.</summary>
    internal static FieldType Instant { get; } = new InstantType();

    /// <summary>The path of a cgroup: that one, and those below it.</summary>
    internal static FieldType Cgroup { get; } = new CgroupType(
        "path", "a path from the root of the hierarchy, such as /system.slice,", cgroup => cgroup.Path, CgroupMatch.Path);

    /// <summary>A container, by the first digits of its id.</summary>
    internal static FieldType Container { get; } = new CgroupType(
        "id", "a container's id or its first hexadecimal digits", cgroup => cgroup.Container, CgroupMatch.Container);

    /// <summary>A systemd unit, also a slice, or one within it; without a suffix a service.</summary>
    internal static FieldType Unit { get; } = new CgroupType(
        "unit", "a unit such as nginx or user.slice", cgroup => cgroup.Unit, CgroupMatch.Unit);

    /// <summary>A Kubernetes pod.</summary>
    internal static FieldType Pod { get; } = new CgroupType(
        "uid", "the UID of a pod", cgroup => cgroup.Pod, text => text.Length > 0 ? cgroup => string.Equals(cgroup.Pod, text, StringComparison.OrdinalIgnoreCase) : null);

    /// <summary>What runs a container.</summary>
    internal static FieldType Runtime { get; } = new CgroupType(
        "word", "docker, containerd, cri-o or podman", cgroup => cgroup.Runtime, text => text.Length > 0 ? cgroup => cgroup.Runtime == text : null);

    private static UInt128? ReadNumber(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (UInt128?)null;

    /// <summary>A time with its unit; 0 needs none.</summary>
    private static UInt128? ReadTime(string text) =>
        Durations.TryParse(text, out ulong nanoseconds) ? nanoseconds : text == "0" ? 0 : (UInt128?)null;

    private static UInt128? ReadSize(string text) => Sizes.TryParse(text, out var bytes) ? bytes : (UInt128?)null;
}
