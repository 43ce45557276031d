namespace Migrations.Engine.Tables;

/// <summary>The same name is not the same file: what was committed from it must still stand in it, byte by byte.</summary>
internal static class FileProof
{
    /// <exception cref="EngineException">ImportFileChanged.</exception>
    public static void Check(ImportFile file, CommittedPart part)
    {
        using var text = ImportText.Open(file.Path, file.Encoding);
        using var place = new TextPlace(text, file, hashes: true);
        place.SkipTo(part.HashedTo);
        if (place.Offset == part.HashedTo && place.Hash == part.Hash) return;
        throw new EngineException("ImportFileChanged", FailureKind.Conflict,
            $"{file.Path} is not the file whose first {part.HashedTo:N0} bytes are committed: its text differs. Nothing was changed.",
            "Import the file as it was then, to finish; what has changed in it since is an import of its own.", file.Path);
    }
}
