namespace Migrations.Engine.Scripts;

/// <summary>What a script says about its transactions.</summary>
public enum TransactionMode
{
    /// <summary>As few transactions as the statements allow: statements that refuse one stand alone.</summary>
    Auto,

    /// <summary>One transaction, or an error.</summary>
    Always,

    /// <summary>Each statement by itself.</summary>
    Never,
}
