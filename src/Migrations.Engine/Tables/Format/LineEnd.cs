namespace Migrations.Engine.Tables;

/// <summary>What ends a record. A file has one; the server refuses another one outside of quotes.</summary>
public enum LineEnd
{
    Lf,
    CrLf,
    Cr,
}
