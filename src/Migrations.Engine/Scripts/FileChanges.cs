namespace Migrations.Engine.Scripts;

/// <summary>Changes to a project's files that happen all together or are put back.</summary>
internal sealed class FileChanges
{
    private readonly Stack<Action> _back = [];

    /// <summary>Carries all of it out, then lets the caller look at the result; whatever fails, everything is as it was before.</summary>
    /// <exception cref="EngineException"><c>FilesNotChanged</c>: what could not be done; and what <paramref name="verify"/> throws.</exception>
    public static void Apply(IEnumerable<FileChange> wanted, Action verify)
    {
        var changes = new FileChanges();
        try
        {
            foreach (var change in wanted) changes.Make(change);
            verify();
        }
        catch (Exception failure)
        {
            changes.PutBack(failure);
            if (failure is not (IOException or UnauthorizedAccessException)) throw;
            throw new EngineException("FilesNotChanged", FailureKind.Resource, $"The files of the project could not be changed: {failure.Message} Everything is as it was.",
                "Close what holds the files open, check the rights of the folder, and try again.", null, failure);
        }
    }

    private void Make(FileChange change)
    {
        switch (change)
        {
            case FileChange.Edit { Requires: var edit }:
                _back.Push(() => Replace(edit.FullPath, edit.Before));
                Replace(edit.FullPath, edit.After);
                break;
            case FileChange.Move(var from, var to):
                MakeFolder(Path.GetDirectoryName(to)!);
                Rename(from, to);
                _back.Push(() => Rename(to, from));
                break;
            case FileChange.Create(var path, var content):
                if (Path.Exists(path)) throw new IOException($"'{path}' exists already.");
                _back.Push(() => File.Delete(path));
                Replace(path, content);
                break;
        }
    }

    private void MakeFolder(string folder)
    {
        if (Directory.Exists(folder)) return;
        MakeFolder(Path.GetDirectoryName(folder)!);
        Directory.CreateDirectory(folder);
        _back.Push(() => Directory.Delete(folder));
    }

    /// <summary>A crash leaves the old text or the new one, never half of it.</summary>
    private static void Replace(string path, byte[] content)
    {
        var partial = path + ".partial";
        File.WriteAllBytes(partial, content);
        File.Move(partial, path, overwrite: true);
    }

    private static void Rename(string from, string to)
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: false);
    }

    private void PutBack(Exception cause)
    {
        while (_back.TryPop(out var undo))
        {
            try
            {
                undo();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new EngineException("FilesHalfChanged", FailureKind.Resource,
                    $"The files of the project could not be changed ({cause.Message}), and putting back what was changed failed too: {failure.Message}",
                    "Put the folder back with your version control (git restore, git clean), then try again.", null, cause);
            }
        }
    }
}
