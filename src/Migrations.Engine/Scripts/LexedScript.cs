namespace Migrations.Engine.Scripts;

/// <summary>A script after its one reading: the tokens, the elements made of them, and what is wrong with its form.</summary>
/// <param name="Text">The text that was read, without a byte order mark.</param>
/// <param name="Tokens">All tokens, comments and white space too; they cover the text without a gap.</param>
/// <param name="Elements">What psql would act on, in its order; also the part up to and behind a fault.</param>
/// <param name="Fault">The first fault, or null. A script with a fault must not run.</param>
public sealed record LexedScript(
    string Text, IReadOnlyList<Token> Tokens, IReadOnlyList<ScriptElement> Elements, ScriptFault? Fault, LineMap Lines);
