namespace Migrations.Engine.Scripts;

/// <summary>The extent of a section in its file, its marker included.</summary>
/// <param name="Marker">Null when the file is the section, all of it.</param>
/// <param name="HasCode">False for a section of comments and white space, such as the empty down of dbmate's template.</param>
internal sealed record OutlineSection(SectionKind Kind, int Start, int End, SectionSettings Settings, bool HasCode, SectionMarker? Marker)
{
    public bool HasMarker => Marker is not null;
}
