using System.Globalization;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Files;
using TraceCap.Cli.Terminal;
using TraceCap.Exports.ClickHouse;

namespace TraceCap.Cli.Commands;

/// <summary>The tables of a fleet's ClickHouse.</summary>
internal sealed class FleetDestination : ShipDestination
{
    private readonly FleetServer server;
    private readonly CaptureShipment shipment;

    internal FleetDestination(ServerAddress address, Patience patience, CancellationToken stop)
    {
        server = new FleetServer(address);
        shipment = new CaptureShipment(server, patience, stop);
    }

    /// <inheritdoc />
    internal override string Name => server.Name;

    /// <inheritdoc />
    internal override string Ship(string path, out ExitCode state)
    {
        using var file = CaptureFile.Open(path);
        var read = ExitCode.Done;
        var shipped = file.Read(() => shipment.Ship(Path.GetFileName(path), () => FromBeginning(file), reader => read = file.Report(reader)));
        state = read;
        return shipped.WasThere
            ? "is there already"
            : string.Create(CultureInfo.InvariantCulture, $"{CountText.Of(shipped.Events, "event")}, {CountText.Of(shipped.Connections, "connection")}; {ByteText.Of(shipped.Bytes)} sent");
    }

    public override void Dispose() => server.Dispose();
}
