namespace Migrations.Engine.Connection;

/// <summary>libpq's <c>channel_binding</c>: whether the password's proof is tied to the server's certificate.</summary>
internal enum ChannelBindingMode
{
    Disable,
    Prefer,
    Require,
}
