namespace Migrations.Engine.Connection;

/// <summary>libpq's <c>gssencmode</c>.</summary>
internal enum GssEncryption
{
    Disable,
    Prefer,
    Require,
}
