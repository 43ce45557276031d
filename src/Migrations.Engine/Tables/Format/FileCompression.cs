namespace Migrations.Engine.Tables;

/// <summary>By the file's last extension: .gz, .zst, .br; anything else is not compressed.</summary>
public enum FileCompression
{
    None,
    Gzip,
    Zstandard,
    Brotli,
}
