using System.Text;
using System.Xml;

namespace Migrations.Engine.Governance;

/// <summary>
/// Writes HTML that is well-formed XML too, so that nothing which people named or wrote can become markup: the writer of XML escapes it. An element without
/// content has an end tag of its own, unless HTML forbids it one.
/// </summary>
internal sealed class HtmlText : IDisposable
{
    private readonly StringBuilder _text = new();
    private readonly XmlWriter _xml;
    private readonly Stack<string> _open = new();

    public HtmlText() => _xml = XmlWriter.Create(_text, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.None, ConformanceLevel = ConformanceLevel.Fragment });

    public HtmlText Open(string element, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _xml.WriteStartElement(element);
        _open.Push(element);
        foreach (var (name, value) in attributes)
            if (value is not null) _xml.WriteAttributeString(name, value);
        return this;
    }

    public HtmlText Close()
    {
        if (_open.Pop() is "meta" or "br") _xml.WriteEndElement();
        else _xml.WriteFullEndElement();
        return this;
    }

    /// <summary>Ends the line of the source; only where white space means nothing.</summary>
    public HtmlText CloseLine()
    {
        Close();
        _xml.WriteWhitespace("\n");
        return this;
    }

    /// <summary>Words of our own.</summary>
    public HtmlText Say(string words)
    {
        _xml.WriteString(words);
        return this;
    }

    /// <summary>A name or SQL: whatever it holds, it stays in its line.</summary>
    public HtmlText Text(string text) => Say(PlainText.Line(text));

    public HtmlText Element(string element, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) => Open(element, attributes).Text(text).Close();

    public HtmlText Code(string sql) => Open("code").Say(PlainText.Lines(sql)).Close();

    /// <summary>What people wrote, in its lines.</summary>
    public HtmlText Prose(string text)
    {
        var lines = PlainText.Lines(text).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0) Open("br").Close();
            Say(lines[i]);
        }

        return this;
    }

    /// <summary>The whole; an element that is still open is a mistake of ours.</summary>
    public override string ToString()
    {
        if (_open.Count > 0) throw new InvalidOperationException($"{_open.Count} elements are not closed, {_open.Peek()} the last of them.");
        _xml.Flush();
        return _text.ToString();
    }

    public void Dispose() => _xml.Dispose();
}
