using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TraceCap.Analyzer.Tests.Report;

/// <summary>A page in headless Chromium, over the DevTools protocol (chromedevtools.github.io/devtools-protocol).</summary>
internal sealed partial class Browser : IAsyncDisposable
{
    private static readonly string? Chromium = new[] { "/usr/bin/chromium", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    private readonly Process process;
    private readonly string profile;
    private readonly ClientWebSocket socket = new();
    private readonly List<JsonNode> events = [];
    private string session = "";
    private int number;

    private Browser(Process process, string profile) => (this.process, this.profile) = (process, profile);

    /// <summary>What the page or the browser had to say about it.</summary>
    internal IEnumerable<string> Complaints => events
        .Where(e => (string?)e["method"] is "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded" or "Audits.issueAdded")
        .Select(e => e.ToJsonString())
        // Of what a test does where a person would click.
        .Where(text => !text.Contains("NavigationEntryMarkedSkippable", StringComparison.Ordinal));

    /// <summary>The addresses that were asked for.</summary>
    internal IEnumerable<string> Requests => events
        .Where(e => (string?)e["method"] == "Network.requestWillBeSent").Select(e => (string)e["params"]!["request"]!["url"]!);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Shows a page; skips the test where there is no Chromium.</summary>
    /// <param name="html">The page.</param>
    /// <param name="runsScripts">Whether its scripts run.</param>
    /// <param name="obeysPolicy">Whether the page's policy decides about scripts of the test as well.</param>
    /// <param name="hash">What is behind its address.</param>
    internal static async Task<Browser> Show(string html, bool runsScripts = true, bool obeysPolicy = true, string hash = "")
    {
        Assert.SkipWhen(Chromium is null, "there is no Chromium");
        var profile = Directory.CreateTempSubdirectory("tracecap").FullName;
        var page = Path.Combine(profile, "report.html");
        await File.WriteAllTextAsync(page, html, Cancelled);
        var process = Process.Start(new ProcessStartInfo(
            Chromium!, ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1400,1000", $"--user-data-dir={profile}", "about:blank"])
        {
            RedirectStandardError = true,
        })!;
        var browser = new Browser(process, profile);
        try
        {
            await browser.Connect();
            await browser.Open(new Uri(page).AbsoluteUri + hash, runsScripts, obeysPolicy);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the page can be explored.</summary>
    internal async Task<Browser> Explored()
    {
        await Value<object?>("new Promise(done => { const look = () => document.querySelector('#selection:not([hidden])') ? done() : requestAnimationFrame(look); look(); })");
        return this;
    }

    /// <summary>The value of a JavaScript expression; of a promise, what it comes to.</summary>
    internal async Task<T> Value<T>(string expression)
    {
        var result = await Do("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(result["exceptionDetails"] is null, result.ToJsonString());
        return result["result"]!["value"].Deserialize<T>()!;
    }

    /// <summary>Has the page shown as by one who prefers that.</summary>
    internal Task Prefer(string feature, string value) => Do("Emulation.setEmulatedMedia", new JsonObject
    {
        ["features"] = new JsonArray(new JsonObject { ["name"] = feature, ["value"] = value }),
    });

    /// <summary>Presses a key and lets it go.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="code">What Windows calls it.</param>
    /// <param name="text">What it writes.</param>
    /// <param name="shift">Whether shift is held.</param>
    internal async Task Press(string key, int code, string text = "", bool shift = false)
    {
        foreach (var type in (string[])["keyDown", "keyUp"])
        {
            await Do("Input.dispatchKeyEvent", new JsonObject
            {
                ["type"] = type,
                ["key"] = key,
                ["windowsVirtualKeyCode"] = code,
                ["text"] = type == "keyDown" ? text : "",
                ["modifiers"] = shift ? 8 : 0,
            });
        }
    }

    /// <summary>Moves the pointer from one place to another, with the button held if so.</summary>
    internal async Task Move((double X, double Y) from, (double X, double Y) to, bool drags)
    {
        const int Steps = 10;
        await Mouse("mouseMoved", from, false);
        if (drags)
        {
            await Mouse("mousePressed", from, true);
        }

        for (var step = 1; step <= Steps; step++)
        {
            await Mouse("mouseMoved", (from.X + ((to.X - from.X) * step / Steps), from.Y + ((to.Y - from.Y) * step / Steps)), drags);
        }

        if (drags)
        {
            await Mouse("mouseReleased", to, true);
        }
    }

    /// <summary>Clicks twice at a place.</summary>
    internal async Task DoubleClick((double X, double Y) at)
    {
        foreach (var count in (int[])[1, 2])
        {
            await Mouse("mousePressed", at, true, count);
            await Mouse("mouseReleased", at, true, count);
        }
    }

    private Task<JsonNode> Mouse(string type, (double X, double Y) at, bool isHeld, int count = 1) => Do("Input.dispatchMouseEvent", new JsonObject
    {
        ["type"] = type,
        ["x"] = at.X,
        ["y"] = at.Y,
        ["button"] = isHeld ? "left" : "none",
        ["buttons"] = isHeld ? 1 : 0,
        ["clickCount"] = count,
    });

    /// <summary>The page as it is printed, PDF.</summary>
    internal async Task<byte[]> Print() =>
        Convert.FromBase64String((string)(await Do("Page.printToPDF", new JsonObject { ["preferCSSPageSize"] = true, ["printBackground"] = false }))["data"]!);

    /// <summary>Types into what has the focus.</summary>
    internal Task Type(string text) => Do("Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>Sets the size of the window in pixels.</summary>
    internal Task Resize(int width, int height) => Do("Emulation.setDeviceMetricsOverride", new JsonObject
    {
        ["width"] = width,
        ["height"] = height,
        ["deviceScaleFactor"] = 1,
        ["mobile"] = false,
    });

    /// <summary>What assistive technology is told: the roles and names of all that it can reach.</summary>
    internal async Task<HashSet<(string Role, string Name)>> Accessible()
    {
        await Do("Accessibility.enable");
        var tree = await Do("Accessibility.getFullAXTree");
        return [.. tree["nodes"]!.AsArray().Select(node => ((string?)node!["role"]?["value"] ?? "", (string?)node["name"]?["value"] ?? ""))];
    }

    /// <summary>A picture of it, PNG.</summary>
    internal async Task<byte[]> Picture() => Convert.FromBase64String((string)(await Do("Page.captureScreenshot"))["data"]!);

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        Directory.Delete(profile, recursive: true);
    }

    private async Task Connect()
    {
        var said = process.StandardError;
        var line = "";
        while (!Listening().IsMatch(line))
        {
            line = await said.ReadLineAsync(Cancelled) ?? throw new InvalidOperationException("Chromium ended");
        }

        // Nobody is to wait for room to say more.
        _ = said.ReadToEndAsync(CancellationToken.None);
        await socket.ConnectAsync(new Uri(Listening().Match(line).Groups[1].Value), Cancelled);
    }

    private async Task Open(string address, bool runsScripts, bool obeysPolicy)
    {
        var target = await Do("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await Do("Target.attachToTarget", new JsonObject { ["targetId"] = (string)target["targetId"]!, ["flatten"] = true });
        session = (string)attached["sessionId"]!;
        foreach (var domain in (string[])["Page", "Runtime", "Log", "Network", "Audits"])
        {
            await Do(domain + ".enable");
        }

        await Do("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = !runsScripts });
        await Do("Page.setBypassCSP", new JsonObject { ["enabled"] = !obeysPolicy });
        await Do("Page.navigate", new JsonObject { ["url"] = address });
        while (!events.Any(e => (string?)e["method"] == "Page.loadEventFired"))
        {
            events.Add(await Receive());
        }
    }

    private async Task<JsonNode> Do(string method, JsonObject? arguments = null)
    {
        var message = new JsonObject { ["id"] = ++number, ["method"] = method, ["params"] = arguments ?? [] };
        if (session != "")
        {
            message["sessionId"] = session;
        }

        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, Cancelled);
        while (true)
        {
            var received = await Receive();
            if ((int?)received["id"] == number)
            {
                Assert.True(received["error"] is null, $"{method}: {received["error"]?.ToJsonString()}");
                return received["result"]!;
            }

            events.Add(received);
        }
    }

    private async Task<JsonNode> Receive()
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, Cancelled);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);

        return JsonNode.Parse(message.ToArray())!;
    }

    [GeneratedRegex("^DevTools listening on (ws://.*)$")]
    private static partial Regex Listening();
}
