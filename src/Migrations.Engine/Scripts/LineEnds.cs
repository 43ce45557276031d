namespace Migrations.Engine.Scripts;

/// <summary>Which line ends reach the server and the exact hash.</summary>
public enum LineEnds
{
    /// <summary>CRLF becomes LF, so that a checkout under Windows is the same script.</summary>
    Normalize,

    /// <summary>As the file has them: for dumps whose strings hold CRLF on purpose.</summary>
    Keep,
}
