namespace Migrations.Engine.Scripts;

/// <summary>
/// What a statement that runs outside a transaction leaves in the catalog, so that the catalog can be asked when nobody saw the statement end.
/// </summary>
/// <param name="Name">Of the object, as the statement spells it: quoted or not, qualified or not. Empty where the statement names none.</param>
/// <param name="Other">The table of an index, the parent of a partition, the tablespace of a database; empty for the others.</param>
public sealed record CatalogEffect(CatalogEffectKind Kind, string Name = "", string Other = "");
