namespace Migrations.Engine.Scripts;

/// <summary>A <c>COPY … FROM STDIN</c> and the rows that stand under it. The extent is the statement's.</summary>
public sealed record CopyBlock(SqlStatement Statement, CopyData Data)
    : ScriptElement(Statement.Start, Statement.Length, Statement.Line, Statement.Column);
