using System.Buffers;
using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>Bytes to text: UTF-8, with or without byte order mark, and nothing else, because a guess could change data.</summary>
internal static class ScriptDecoder
{
    private const string SaveAsUtf8 =
        "Save the file as UTF-8, in PowerShell: Get-Content FILE -Encoding OLD | Set-Content FILE.new -Encoding utf8, where OLD is what it was written in.";

    public static SourceFile Decode(string path, ReadOnlySpan<byte> bytes)
    {
        if (WideEncodingOf(bytes) is { } wide)
            throw new ScriptException("ScriptEncodingRefused", FailureKind.InvalidInput, $"The file is {wide}, and scripts are UTF-8.", SaveAsUtf8, path);

        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) throw Invalid(path, bytes);

        var file = new SourceFile(path, Encoding.UTF8.GetString(bytes));
        if (file.Text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var zero)
        {
            throw new ScriptException("ScriptEncodingRefused", FailureKind.InvalidInput,
                $"A zero character at byte {zero}: the file is UTF-16 without a mark, or not text. PostgreSQL takes no zero character.",
                SaveAsUtf8, file.At(zero) with { LineText = "" });
        }

        return file;
    }

    private static string? WideEncodingOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => "UTF-32",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16",
        _ => null,
    };

    private static ScriptException Invalid(string path, ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        var (wide, line, lineStart) = (false, 1, 0);
        while (Rune.DecodeFromUtf8(bytes[at..], out var rune, out var size) == OperationStatus.Done)
        {
            wide |= size > 1;
            at += size;
            if (rune.Value == '\n') (line, lineStart) = (line + 1, at);
        }

        // The rest of the line is shown with the replacement character where the bytes make no sense.
        var end = bytes[at..].IndexOf((byte)'\n') is >= 0 and var length ? at + length : bytes.Length;
        var column = Encoding.UTF8.GetString(bytes[lineStart..at]).EnumerateRunes().Count() + 1;
        var position = new SourcePosition(path, line, column, Encoding.UTF8.GetString(bytes[lineStart..end]).TrimEnd('\r'));
        var offset = $"the byte 0x{bytes[at]:X2} at offset {at}";
        return wide
            ? new ScriptException("ScriptEncodingMixed", FailureKind.InvalidInput, $"The file mixes UTF-8 with another encoding: {offset} is not UTF-8, and characters before it are.",
                "Two tools wrote this file in different encodings. Retype the damaged characters and save the whole file as UTF-8.", position)
            : new ScriptException("ScriptEncodingInvalid", FailureKind.InvalidInput, $"The file is not UTF-8: {offset}.", SaveAsUtf8, position);
    }
}
