using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class HeaderReaderTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var header = Read(""""
            -- migration: Partition the analytics
            -- author: Ada Lovelace
            -- ticket: OPS-17
            -- description: By month: a year ahead
            -- requires: 003, 005_users
            -- tags: online nightly
            -- transaction: never
            -- lock-timeout: 500ms
            -- statement-timeout: 2min
            -- run-as: "Owner Of Things"
            -- search-path: App, "Odd, ""One"""
            -- irreversible: rows are dropped
            -- risk: high
            -- line-ends: keep

            create table t ();
            """");

        Assert.Equal("Partition the analytics", header.Title);
        Assert.Equal("Ada Lovelace", header.Author);
        Assert.Equal("OPS-17", header.Ticket);
        Assert.Equal("By month: a year ahead", header.Description);
        Assert.Equal(["003", "005_users"], header.Requires);
        Assert.Equal(["online", "nightly"], header.Tags);
        Assert.Equal(TransactionMode.Never, header.Transaction);
        Assert.Equal(TimeSpan.FromMilliseconds(500), header.LockTimeout);
        Assert.Equal(TimeSpan.FromMinutes(2), header.StatementTimeout);
        Assert.Equal("Owner Of Things", header.RunAs);
        Assert.Equal(["app", "Odd, \"One\""], header.SearchPath);
        Assert.Equal("rows are dropped", header.Irreversible);
        Assert.Equal(RiskLevel.High, header.Risk);
        Assert.Equal(LineEnds.Keep, header.LineEnds);
    }

    [Fact]
    public void Every_listed_key_can_be_read()
    {
        // The list and the reading of it are in two places; a key that is only listed would throw.
        foreach (var key in HeaderValues.Keys)
        {
            var value = key switch { "transaction" => "auto", "risk" => "low", "line-ends" => "keep", "replaces" => $"001, 002={new string('0', 64)}", _ when key.EndsWith("timeout", StringComparison.Ordinal) => "1s", _ => "x" };
            Assert.Equal(2, Read($"-- migration: T\n-- {key}: {value}\n").Entries.Count);
        }
    }

    [Theory]
    [InlineData("-- author: Ada\ncreate table t ();")]
    [InlineData("\n-- migration: not on the first line")]
    [InlineData("/* migration: x */")]
    [InlineData("create table t ();")]
    [InlineData("")]
    public void Without_the_first_line_there_is_no_header(string text) => Assert.Same(ScriptHeader.None, Read(text));

    [Fact]
    public void The_header_ends_at_the_first_line_that_is_no_comment()
    {
        Assert.Single(Read("-- migration: T\n\n-- author: nobody\n-- typo: here\n").Entries);
        Assert.Single(Read("-- migration: T\n-- migrate:up\n-- typo: here\n").Entries);
    }

    [Fact]
    public void Windows_line_ends_are_no_part_of_a_value() => Assert.Equal("Ada", Read("-- migration: T\r\n-- author: Ada\r\n").Author);

    [Fact]
    public void Empty_comments_and_directives_do_not_disturb()
    {
        var header = Read("-- migration: T\n--\n-- allow: R001 reason=small\n-- author: Ada\n");
        Assert.Equal(["migration", "author"], header.Entries.Select(e => e.Key));
    }

    [Fact]
    public void Prose_may_be_left_empty() => Assert.Null(Read("-- migration: T\n-- author:\n-- ticket: \n-- description:").Author);

    [Theory]
    [InlineData("-- migration: T\n-- authr: Ada\n", "HeaderKeyUnknown", 2, 4, "Did you mean 'author'?")]
    [InlineData("-- migration: T\n-- author: Ada\n-- irreversable: yes\n", "HeaderKeyUnknown", 3, 4, "Did you mean 'irreversible'?")]
    [InlineData("-- migration: T\n-- zzzzzzzz: Ada\n", "HeaderKeyUnknown", 2, 4, "'zzzzzzzz' is not a key")]
    [InlineData("-- migration: T\n-- author: Ada\n-- author: Bob\n", "HeaderKeyDuplicate", 3, 4, "line 2")]
    [InlineData("-- migration: T\n-- just a comment\n", "HeaderLineInvalid", 2, 1, "is not '-- key: value'")]
    [InlineData("-- migration: T\n-- requires:\n", "HeaderValueInvalid", 2, 4, "needs a value")]
    [InlineData("-- migration:\n", "HeaderValueInvalid", 1, 1, "title is missing")]
    [InlineData("-- migration: T\n-- transaction: no\n", "HeaderValueInvalid", 2, 4, "one of auto, always, never")]
    [InlineData("-- migration: T\n-- transaction: 1\n", "HeaderValueInvalid", 2, 4, "one of auto, always, never")]
    [InlineData("-- migration: T\n-- lock-timeout: 5\n", "HeaderValueInvalid", 2, 4, "a time limit")]
    [InlineData("-- migration: T\n-- run-as: a, b\n", "HeaderValueInvalid", 2, 4, "one role")]
    [InlineData("-- migration: T\n-- search-path: a b\n", "HeaderValueInvalid", 2, 4, "a list of names")]
    public void What_is_wrong_is_named_with_its_place(string text, string errorId, int line, int column, string message)
    {
        var error = Assert.Throws<ScriptException>(() => Read(text));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Equal("t.sql", error.File);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Advice);
    }

    private static ScriptHeader Read(string text) => HeaderReader.Read(new SourceFile("t.sql", text)).Header;
}
