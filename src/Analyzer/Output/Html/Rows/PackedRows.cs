using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Findings;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Html.Rows;

/// <summary>
/// Connections as the script of a page reads them: the length of a JSON text in four bytes, little-endian, the text, which says what there
/// is, and the planes of the columns that it lists, one behind the other; all of it compressed by gzip.
/// </summary>
internal sealed class PackedRows
{
    private readonly HeldRow[] rows;
    private readonly ConnectionContext[] contexts;
    private readonly ulong[] numbers;
    private readonly List<PackedColumn> columns = [];
    private readonly Dictionary<string, List<string>> dictionaries = [];

    private PackedRows(IReadOnlyList<HeldRow> held, RowTime time)
    {
        ConnectionContext? context = null;
        var placed = held.Select(row => (Row: row, Context: context = ConnectionContext.Of(row.Recording, context)))
            .Select(one => (one.Row, one.Context, Opened: time.At(one.Row.Connection.Opened, one.Context))).OrderBy(one => one.Opened).ToArray();
        rows = Array.ConvertAll(placed, one => one.Row);
        contexts = Array.ConvertAll(placed, one => one.Context);
        numbers = new ulong[rows.Length];
        var before = 0UL;
        for (var row = 0; row < rows.Length; row++)
        {
            (numbers[row], before) = (placed[row].Opened - before, placed[row].Opened);
        }

        Pack("opened");
        Add("lifetime", (in c, _) => c.Lifetime);
        Add("ending", (in c, _) => (ulong)c.Ending);
        Add("role", (in c, _) => (ulong)c.Role);
        Add("end", (in c, _) => (ulong)c.EndedBy);
        Add("marks", (in c, _) => (c.IsPreexisting ? 1u : 0) | (c.IsDoubtful ? 2u : 0) | (c.IsEndingAssumed ? 4u : 0) | (c.IsJoined ? 8u : 0)
            | (c.IsHeld ? 16u : 0) | (c.IsUnfinished ? 32u : 0) | (c.HasCounters ? 64u : 0));
        Add("connect", (in c, _) => c.ConnectTime);
        Add("accept", (in c, _) => c.AcceptTime);
        Add("pid", (in c, _) => c.HasOwner ? c.Owner.Pid : 0);
        Add("localPort", (in c, _) => c.LocalPort);
        Add("peerPort", (in c, _) => c.PeerPort);
        Add("peerPid", (in c, _) => c.IsJoined ? c.PeerOwner.Pid : 0);
        Add("sent", (in c, _) => c.PayloadSent);
        Add("received", (in c, _) => c.PayloadReceived);
        Add("segments", (in c, _) => c.SegmentsSent);
        Add("retransmits", (in c, _) => c.Retransmits);
        Add("rtt", (in c, _) => c.SmoothedRtt);
        AddTexts("process", (in c, _) => new GroupKey { Comm = c.Owner.Comm }.ProcessText);
        AddTexts("host", (in c, context) => PrintableText.Of(context.HostOf(in c)));
        AddTexts("local", (in c, _) => AddressOf(in c.LocalAddress, c.IpVersion));
        AddTexts("peer", (in c, _) => AddressOf(in c.PeerAddress, c.IpVersion));
        AddTexts("peerProcess", (in c, _) => c.IsJoined ? new GroupKey { Comm = c.PeerOwner.Comm }.ProcessText : "");
        AddTexts("words", (in c, _) => WordsOf(in c));
        AddTexts("error", (in c, _) => c.HasError ? Errno.NameOf(c.AnyError) : "");
        for (var row = 0; row < rows.Length; row++)
        {
            numbers[row] = rows[row].IsSampled ? 1u : 0;
        }

        Pack("sampled");
    }

    private delegate ulong NumberOf(in Connection connection, ConnectionContext context);

    private delegate string TextOf(in Connection connection, ConnectionContext context);

    /// <summary>Packs connections.</summary>
    /// <param name="held">The connections.</param>
    /// <param name="time">Their time.</param>
    /// <param name="groupings">By what the page tells connections apart.</param>
    /// <param name="findings">The findings that the page shows.</param>
    /// <param name="describe">Writes what else the script is to know, as properties of the JSON text.</param>
    /// <returns>The bytes, in Base64.</returns>
    internal static string Pack(
        IReadOnlyList<HeldRow> held, RowTime time, IReadOnlyList<Grouping> groupings, IReadOnlyList<Finding> findings, Action<Utf8JsonWriter> describe)
    {
        var packed = new PackedRows(held, time);
        var groups = groupings.Select(packed.AddGroups).ToArray();
        packed.AddFindings(findings);
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            describe(json);
            packed.Describe(json, groups);
            json.WriteEndObject();
        }

        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true))
        {
            Span<byte> length = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteInt32LittleEndian(length, text.WrittenCount);
            zip.Write(length);
            zip.Write(text.WrittenSpan);
            foreach (var column in packed.columns)
            {
                zip.Write(column.Bytes);
            }
        }

        return Convert.ToBase64String(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static string AddressOf(in Address address, byte ipVersion) => new GroupKey { Address = address, IpVersion = ipVersion }.EndText;

    private static string WordsOf(in Connection connection)
    {
        Span<byte> words = stackalloc byte[64];
        return Encoding.UTF8.GetString(words[..EndingText.Write(words, in connection)]);
    }

    private void Describe(Utf8JsonWriter json, (Grouping By, List<GroupKey> Keys)[] groups)
    {
        json.WriteNumber("rows", rows.Length);
        json.WriteStartArray("columns");
        foreach (var column in columns)
        {
            json.WriteStartArray();
            json.WriteStringValue(column.Name);
            json.WriteNumberValue(column.Width);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartObject("texts");
        foreach (var (name, texts) in dictionaries)
        {
            WriteTexts(json, name, texts);
        }

        json.WriteEndObject();
        json.WriteStartArray("groupings");
        foreach (var (by, keys) in groups)
        {
            json.WriteStartObject();
            json.WriteString("word", by.Word);
            json.WriteString("plural", by.Plural);
            json.WriteBoolean("ofFailures", by.IsOfFailures);
            WriteTexts(json, "names", keys.Select(by.Text));
            WriteTexts(json, "terms", keys.Select(key => FindingRows.Group(by, key)));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private void Add(string name, NumberOf number)
    {
        for (var row = 0; row < rows.Length; row++)
        {
            numbers[row] = number(in rows[row].Connection, contexts[row]);
        }

        Pack(name);
    }

    private void AddTexts(string name, TextOf text)
    {
        var dictionary = new RowDictionary<string>();
        Add(name, (in c, context) => dictionary.NumberOf(text(in c, context)));
        dictionaries.Add(name, dictionary.Values);
    }

    /// <summary>Adds a column of groups, in which 0 is that a connection is of none.</summary>
    private (Grouping By, List<GroupKey> Keys) AddGroups(Grouping by)
    {
        var dictionary = new RowDictionary<GroupKey>();
        Add($"by {by.Word}", (in c, context) => by.Has(in c) ? dictionary.NumberOf(by.Key(in c, context.Recording)) + 1 : 0);
        return (by, dictionary.Values);
    }

    /// <summary>Adds a column for each finding that is about connections: 1 where it is about this one.</summary>
    private void AddFindings(IReadOnlyList<Finding> findings)
    {
        for (var place = 0; place < findings.Count; place++)
        {
            if (findings[place].Rows is { } about)
            {
                Add($"finding {place}", (in c, context) => about.Has(in c, context) ? 1u : 0);
            }
        }
    }

    private void Pack(string name) => columns.Add(PackedColumn.Of(name, numbers));
}
