using CsCheck;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

/// <summary>What holds for every text, sensible or not.</summary>
public sealed class SplitterPropertyTests
{
    private static readonly SplitOptions[] s_sessions = [new(true), new(false), new(true, Autocommit: false)];

    private static readonly Gen<(string Text, SplitOptions Options)> s_scripts =
        Gen.Select(Gen.OneOf(ScriptFragments.All, Gen.String), Gen.OneOf(s_sessions));

    [Fact]
    public void Tokens_cover_the_text_without_a_gap()
    {
        s_scripts.Sample(script =>
        {
            var end = 0;
            foreach (var token in StatementSplitter.Split(script.Text, script.Options).Tokens)
            {
                Assert.Equal(end, token.Start);
                Assert.True(token.Length > 0);
                end = token.End;
            }

            Assert.Equal(script.Text.Length, end);
        }, iter: 5000);
    }

    [Fact]
    public void Each_code_token_is_in_exactly_one_element()
    {
        s_scripts.Sample(script =>
        {
            var split = StatementSplitter.Split(script.Text, script.Options);
            if (split.Elements.Any(e => e is MetaCommand { DiscardsStatement: true })) return;
            var expected = split.Tokens.Where(t => t.IsCode);
            var found = split.Elements.SelectMany(TokensOf).OrderBy(t => t.Start);
            Assert.Equal(expected.Where(t => t.Kind != TokenKind.CopyData), found);
        }, iter: 5000);
    }

    [Fact]
    public void A_statement_is_nothing_but_pieces_of_the_script_in_their_order()
    {
        s_scripts.Sample(script =>
        {
            foreach (var statement in Statements(StatementSplitter.Split(script.Text, script.Options)))
            {
                Assert.Equal(statement.Text, string.Concat(statement.Slices.Select(s => script.Text.Substring(s.Start, s.Length))));
                Assert.All(statement.Slices.Zip(statement.Slices.Skip(1)), pair => Assert.True(pair.First.End < pair.Second.Start));
                Assert.Equal((statement.Start, statement.Length),
                    (statement.Slices[0].Start, statement.Slices[^1].End - statement.Slices[0].Start));
            }
        }, iter: 5000);
    }

    [Fact]
    public void Only_white_space_and_dash_comments_between_statements_are_not_sent()
    {
        Gen.Select(ScriptFragments.Plain, Gen.OneOf(s_sessions)).Sample((text, options) =>
        {
            var split = StatementSplitter.Split(text, options);
            var sent = Statements(split).SelectMany(s => s.Slices).ToList();
            var lost = split.Tokens.Where(t => !sent.Any(s => s.Start < t.End && t.Start < s.End));
            Assert.All(lost, t => Assert.True(t.Kind is TokenKind.Whitespace or TokenKind.LineComment));
        }, iter: 5000);
    }

    [Fact]
    public void A_statement_split_again_stays_one_statement()
    {
        Gen.Select(ScriptFragments.Plain, Gen.OneOf(s_sessions)).Sample((text, options) =>
        {
            var split = StatementSplitter.Split(text, options);
            if (split.Fault is not null) return;
            foreach (var statement in Statements(split))
            {
                var again = Statements(StatementSplitter.Split(statement.Text, options)).ToList();
                Assert.Equal([statement.Text], again.Select(s => s.Text));
                Assert.Equal(statement.Tokens.Select(t => statement.TextOf(t).ToString()), again[0].Tokens.Select(t => again[0].TextOf(t).ToString()));
            }
        }, iter: 5000);
    }

    [Fact]
    public void A_position_in_a_statement_leads_back_to_the_same_character_of_the_script()
    {
        s_scripts.Sample(script =>
        {
            foreach (var statement in Statements(StatementSplitter.Split(script.Text, script.Options)))
            {
                var position = 1;
                for (var i = 0; i < statement.Text.Length; i += char.IsSurrogatePair(statement.Text, i) ? 2 : 1)
                    Assert.Equal(statement.Text[i], script.Text[statement.OffsetOfPosition(position++)]);
            }
        }, iter: 1000);
    }

    [Fact]
    public void An_open_construct_at_the_end_is_a_fault_and_a_closed_script_has_none()
    {
        ScriptFragments.Plain.Sample(text =>
        {
            var lexer = new SqlLexer(text);
            var isOpen = false;
            while (lexer.TryRead(out _)) isOpen = lexer.IsOpen;
            var fault = StatementSplitter.Split(text).Fault?.Kind;
            Assert.Equal(isOpen, fault is ScriptFaultKind.OpenString or ScriptFaultKind.OpenQuotedIdentifier
                or ScriptFaultKind.OpenDollarString or ScriptFaultKind.OpenBlockComment);
        }, iter: 5000);
    }

    private static IEnumerable<SqlStatement> Statements(LexedScript script) =>
        script.Elements.Select(e => e is CopyBlock copy ? copy.Statement : e as SqlStatement).OfType<SqlStatement>();

    private static IEnumerable<Token> TokensOf(ScriptElement element) => element switch
    {
        SqlStatement statement => statement.Tokens,
        CopyBlock copy => copy.Statement.Tokens,
        _ => [new Token(TokenKind.MetaCommand, element.Start, element.Length)],
    };
}
