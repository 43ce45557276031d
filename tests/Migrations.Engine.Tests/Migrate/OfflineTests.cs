using Migrations.Engine.Migrate;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Migrate;

/// <summary>What a pull request can be told without a server.</summary>
public sealed class OfflineTests
{
    [Fact]
    public void Every_script_is_described_from_its_files()
    {
        using var project = new TestProject()
            .With("001_a.sql", "-- migration: First\n-- author: Ada\n-- tags: core\n\n-- migrate:up\ncreate table a (n int);\n-- migrate:down\ndrop table a;\n")
            .With("002_b.sql", "-- migration: Second\n-- requires: 1\n-- irreversible: it forgets\n\ncreate index concurrently on a (n);\nselect 1;\n")
            .With("repeatable/v.sql", "create or replace view v as select 1 as n;");

        var scripts = new OfflineReader(project.Load()).Read();

        Assert.Equal(["First", "Second", "v"], scripts.Select(s => s.Title));
        Assert.Equal([true, false, true], scripts.Select(s => s.IsAtomic));
        Assert.Equal([true, false, false], scripts.Select(s => s.HasDown));
        Assert.Equal([1, 2, 1], scripts.Select(s => s.Statements));
        Assert.Equal(["1"], scripts[1].Requires);
        Assert.Equal("it forgets", scripts[1].Irreversible);
        Assert.Equal(ScriptKind.Repeatable, scripts[2].Kind);
    }

    [Theory]
    [InlineData("1_b.sql", "select 1;", "ScriptDuplicate")]
    [InlineData("2_b.sql", "-- migration: B\n-- requires: 9\n\nselect 1;", "RequiresUnknown")]
    [InlineData("2_b.sql", "-- migration: B\n-- requires: 3_c\n\nselect 1;", "RequiresCycle")]
    [InlineData("2_b.down.sql", "select 1;", "UpMissing")]
    [InlineData("b.sql", "select 1;", "ScriptNameInvalid")]
    [InlineData("2_b.sql", "select '1;", "ScriptUnfinished")]
    [InlineData("2_b.sql", "select ${x};", "PlaceholderUndeclared")]
    [InlineData("2_b.sql", "\\ir gone.sql", "IncludeMissing")]
    [InlineData("2_b.sql", "begin;\nselect 1;", "UnbalancedTransaction")]
    [InlineData("2_b.sql", "discard all;", "StatementForbidden")]
    [InlineData("2_b.sql", "-- migrate:up\nselect 1;\n-- migrate:down\ncommit;", "UnbalancedTransaction")]
    [InlineData("2_b.sql", "-- migrate:up\nselect 1;\n-- migrate:verify\nvacuum;", "QuestionInvalid")]
    [InlineData("2_b.sql", "\\copy t from 'gone.csv' csv", "IncludeMissing")]
    [InlineData("hooks/before-run.sql", "rollback;", "RollbackInScript")]
    [InlineData("repeatable/v.sql", "-- migrate:up\nselect ${x};", "PlaceholderUndeclared")]
    public void What_a_run_would_refuse_is_refused_without_a_server(string name, string text, string id)
    {
        using var project = new TestProject().With("001_a.sql", "select 1;").With("3_c.sql", "-- migration: C\n-- requires: 1\n\nselect 1;\n").With(name, text);
        if (id == "RequiresCycle") project.With("3_c.sql", "-- migration: C\n-- requires: 2\n\nselect 1;\n");
        Assert.Equal(id, Assert.ThrowsAny<EngineException>(() => new OfflineReader(project.Load()).Read()).ErrorId);
    }
}
