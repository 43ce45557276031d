namespace Migrations.Engine.History;

/// <summary>The tools whose history can be taken over.</summary>
public enum HistoryTool
{
    Flyway,
    Liquibase,
    Alembic,
    Dbmate,
    GolangMigrate,
    Sqitch,
    DbUp,
}
