using Migrations.Engine.Connection;

namespace Migrations.Engine.Migrate;

/// <summary>Loads the CSV files of a script's folder, in the session and the transaction of the script. The room that knows CSV implements it.</summary>
public interface IScriptDataLoader
{
    /// <summary>Loads all of them, each into the table that it is named after.</summary>
    /// <param name="files">Full paths.</param>
    /// <exception cref="EngineException">What is wrong with a file, a column or a row; nothing is committed or rolled back by then.</exception>
    Task LoadAsync(Database database, Session session, IReadOnlyList<string> files, IActivity activity, CancellationToken cancellationToken);
}
