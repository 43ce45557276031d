namespace Migrations.Engine.Scripts;

/// <summary>What is wrong with the form of a script, before any statement of it is understood.</summary>
public enum ScriptFaultKind
{
    OpenString,
    OpenQuotedIdentifier,
    OpenDollarString,
    OpenBlockComment,
    OpenParenthesis,

    /// <summary>A BEGIN in CREATE FUNCTION or PROCEDURE that no END closes, with further semicolons behind it.</summary>
    OpenRoutineBody,

    /// <summary>COPY … FROM STDIN whose rows go on to the end of the script, because no line <c>\.</c> ends them.</summary>
    OpenCopyData,

    /// <summary>A quote or comment that begins on the line of a COPY … FROM STDIN and goes on behind its rows.</summary>
    SplitByCopyData,

    /// <summary>COPY … FROM STDIN joined to another command with <c>\;</c>.</summary>
    CompoundCopy,

    /// <summary>U+0000, which PostgreSQL cannot store in any text and at which psql cuts the line.</summary>
    NulCharacter,
}
