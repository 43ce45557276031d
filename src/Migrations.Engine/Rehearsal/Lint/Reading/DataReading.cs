namespace Migrations.Engine.Rehearsal;

/// <summary>Statements that write rows.</summary>
internal static class DataReading
{
    public static IEnumerable<Act> Read(WordCursor words)
    {
        // WITH x AS (...) UPDATE: the common table expressions are in parentheses.
        if (words.Has("WITH") && !words.SkipTo("INSERT", "UPDATE", "DELETE", "MERGE")) yield break;
        if (words.Take("UPDATE") && words.Table() is { } updated)
        {
            // FROM joins, and so chooses rows.
            yield return words.SkipTo("WHERE", "FROM") ? new WriteRows(updated) : new WriteAll(updated, Deletes: false);
        }
        else if (words.Take("DELETE", "FROM") && words.Table() is { } deleted)
        {
            yield return words.SkipTo("WHERE", "USING") ? new WriteRows(deleted) : new WriteAll(deleted, Deletes: true);
        }
        else if ((words.Take("INSERT", "INTO") || words.Take("MERGE", "INTO") || words.Take("COPY")) && words.Table() is { } written)
        {
            yield return new WriteRows(written);
        }
        else if (words.Has("SELECT") && words.SkipTo("INTO", "FROM") && words.Take("INTO"))
        {
            _ = words.TakeAny("TEMP", "TEMPORARY", "UNLOGGED");
            words.Take("TABLE");
            if (words.Name() is { } made) yield return new CreateRelation(made, "TABLE");
        }
    }
}
