namespace Migrations.Engine.Scripts;

/// <summary>Edits and renames of a project's files that happen all together or are put back.</summary>
internal sealed class FileChanges
{
    private readonly Stack<Action> _back = [];

    /// <summary>Carries all of it out, then lets the caller look at the result; whatever fails, everything is as it was before.</summary>
    /// <exception cref="EngineException"><c>RenumberFailed</c>: what could not be done; and what <paramref name="verify"/> throws.</exception>
    public static void Apply(IEnumerable<RequiresEdit> edits, IEnumerable<(string From, string To)> moves, Action verify)
    {
        var changes = new FileChanges();
        try
        {
            foreach (var edit in edits) changes.Write(edit);
            foreach (var (from, to) in moves) changes.Move(from, to);
            verify();
        }
        catch (Exception failure)
        {
            changes.PutBack(failure);
            if (failure is not (IOException or UnauthorizedAccessException)) throw;
            throw new EngineException("RenumberFailed", FailureKind.Resource, $"The scripts could not be renamed: {failure.Message} Everything is as it was.",
                "Close what holds the files open, check the rights of the folder, and try again.", null, failure);
        }
    }

    private void Write(RequiresEdit edit)
    {
        _back.Push(() => Replace(edit.FullPath, edit.Before));
        Replace(edit.FullPath, edit.After);
    }

    /// <summary>A crash leaves the old text or the new one, never half of it.</summary>
    private static void Replace(string path, byte[] content)
    {
        var partial = path + ".partial";
        File.WriteAllBytes(partial, content);
        File.Move(partial, path, overwrite: true);
    }

    private void Move(string from, string to)
    {
        Rename(from, to);
        _back.Push(() => Rename(to, from));
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
                throw new EngineException("RenumberHalfDone", FailureKind.Resource,
                    $"The scripts could not be renamed ({cause.Message}), and putting back what was renamed failed too: {failure.Message}",
                    "Put the folder back with your version control (git restore, git clean), then try again.", null, cause);
            }
        }
    }
}
