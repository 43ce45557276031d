namespace Migrations.Engine.Tables;

/// <summary>What the file system says, as a failure with an id.</summary>
internal static class ExportFault
{
    /// <summary>ENOSPC, and EDQUOT of Linux, macOS and the two of Windows.</summary>
    private static readonly int[] s_full = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    public static bool IsOfFiles(Exception failure) => failure is IOException or UnauthorizedAccessException;

    public static EngineException Of(string path, Exception failure) => failure.HResult is var code && s_full.Contains(code)
        ? new EngineException("ExportDiskFull", FailureKind.Resource, $"There is no room left for {path}. No file of this export remains.",
            "Free some space or choose another folder; a name that ends in .zst or .gz takes a fraction of it.", path, failure)
        : new EngineException("ExportFileNotWritable", FailureKind.Resource, $"{path} cannot be written: {failure.Message} No file of this export remains.",
            "Choose another file with -Path, or have the folder made writable.", path, failure);

    public static EngineException Folder(string path) => new("ExportPathIsFolder", FailureKind.InvalidInput, $"{path} is a folder, and a file of the export would be called so. Nothing was written.",
        "Give another file with -Path, or move the folder away; -Force replaces files only.", path);

    public static EngineException Exists(string path) => new("ExportFileExists", FailureKind.Conflict, $"{path} exists already. Nothing was written.",
        "Give another file with -Path, or replace this one with -Force.", path);
}
