using System.Security.Cryptography;

namespace TraceCap.Format.Anonymizing;

/// <summary>AES with 128 bits, many blocks a call: each alone, as a keyed random function of 16 bytes.</summary>
internal sealed class BlockCipher : IDisposable
{
    /// <summary>The size of a block in bytes.</summary>
    public const int BlockSize = 16;

    private readonly Aes aes = Aes.Create();
    private readonly ICryptoTransform encryptor;
    private readonly byte[] output;

    /// <param name="key">16 bytes.</param>
    /// <param name="most">The most blocks of a call.</param>
    public BlockCipher(ReadOnlySpan<byte> key, int most)
    {
        aes.Key = key.ToArray();
        // Each block is one input of a function, not a part of a message.
#pragma warning disable CA5358
        aes.Mode = CipherMode.ECB;
#pragma warning restore CA5358
        aes.Padding = PaddingMode.None;
        encryptor = aes.CreateEncryptor();
        Input = new byte[most * BlockSize];
        output = new byte[most * BlockSize];
    }

    /// <summary>What is encrypted next.</summary>
    public byte[] Input { get; }

    /// <summary>Encrypts so many blocks of <see cref="Input"/>.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Encrypt(int blocks)
    {
        encryptor.TransformBlock(Input, 0, blocks * BlockSize, output, 0);
        return output.AsSpan(0, blocks * BlockSize);
    }

    public void Dispose()
    {
        encryptor.Dispose();
        aes.Dispose();
    }
}
