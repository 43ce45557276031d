namespace Migrations.Engine.Scripts;

/// <summary>Which line ends reach the server and the exact hash.</summary>
public enum LineEnds
{
    /// <summary>
    /// CRLF becomes LF where every line of the file ends with it, so that a checkout under Windows is the same script. Where only some do, the server gets
    /// them as they are, and the hashes still see LF.
    /// </summary>
    Normalize,

    /// <summary>As the file has them, in the hashes too: for a file whose every line end is CRLF on purpose.</summary>
    Keep,
}
