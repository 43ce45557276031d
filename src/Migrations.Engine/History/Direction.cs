namespace Migrations.Engine.History;

public enum Direction
{
    Up,
    Down,
}
