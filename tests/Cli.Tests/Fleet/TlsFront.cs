using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TraceCap.Cli.Tests.Fleet;

/// <summary>Speaks TLS before a server that does not, with a certificate that an authority of its own has signed.</summary>
internal sealed class TlsFront : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 certificate;
    private readonly int port;

    /// <param name="port">The server's.</param>
    internal TlsFront(int port)
    {
        this.port = port;
        using var authorityKey = RSA.Create(2048);
        var request = new CertificateRequest("CN=a test's authority", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Authority = authority.ExportCertificatePem();
        using var key = RSA.Create(2048);
        var own = new CertificateRequest("CN=a test's server", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        own.CertificateExtensions.Add(names.Build());
        using var signed = own.Create(authority, authority.NotBefore, authority.NotAfter, [1, 2, 3]);
        certificate = signed.CopyWithPrivateKey(key);
        listener.Start();
        _ = Accept();
    }

    /// <summary>The certificate of who signs, as PEM.</summary>
    internal string Authority { get; }

    internal string Url => FormattableString.Invariant($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public void Dispose()
    {
        listener.Dispose();
        certificate.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _ = Serve(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is closed.
        }
    }

    private async Task Serve(TcpClient accepted)
    {
        try
        {
            using var client = accepted;
            await using var secured = new SslStream(client.GetStream());
            await secured.AuthenticateAsServerAsync(certificate);
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAny(secured.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(secured));
        }
        catch (Exception error) when (error is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // Who does not trust it hangs up.
        }
    }
}
