namespace Migrations.Engine.Tables;

/// <summary>Gives the files of an export their names, when all of them are on the disk: all, or it is said which.</summary>
internal static class ExportPublication
{
    /// <exception cref="EngineException">ExportFileExists, ExportFileNotWritable: no file has got its name. ExportPublishedInPart.</exception>
    public static void Publish(IReadOnlyList<PartialFile> files, bool overwrite)
    {
        // What can be known is known before the first of them is replaced.
        foreach (var file in files) file.CheckTarget(overwrite);
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                files[i].Publish(overwrite);
            }
            catch (EngineException failure) when (i > 0)
            {
                throw InPart(files, i, failure);
            }
        }
    }

    /// <summary>Parts of an earlier export that this one, being shorter, has not replaced; none that the plan has not named. What cannot be deleted is warned of.</summary>
    public static void RemoveOlderParts(ExportPlan plan, ExportResult result, IActivity activity)
    {
        if (!plan.Files.IsSplit) return;
        var own = result.Path.ToHashSet(StringComparer.Ordinal);
        foreach (var older in plan.Replaces.Where(path => !own.Contains(path)))
        {
            try
            {
                File.Delete(older);
            }
            catch (Exception failure) when (ExportFault.IsOfFiles(failure))
            {
                activity.Warn($"{older} is a part of an earlier export, not of this one, and it could not be deleted: {failure.Message} Delete it, or it will be taken for a part of this one.");
            }
        }

        var next = plan.Files.Of(own.Count + 1);
        if (!plan.Replaces.Contains(next) && File.Exists(next))
            activity.Warn($"{next} is none of this export, though it is named like its next part. It was left as it is: move it away before the parts are read together.");
    }

    private static EngineException InPart(IReadOnlyList<PartialFile> files, int failed, EngineException failure) => new("ExportPublishedInPart", FailureKind.Resource,
        $"{files[failed].FinalPath} could not get its name: {failure.InnerException?.Message ?? failure.Message} These files of the export are in place and whole: {string.Join(", ", files.Take(failed).Select(file => file.FinalPath))}. "
        + $"These were not written, and what stood there before is as it was: {string.Join(", ", files.Skip(failed).Select(file => file.FinalPath))}.",
        "Remove what is in the way and export again with -Force: the files that are in place are of an older moment than those of the next export.", files[failed].FinalPath, failure);
}
