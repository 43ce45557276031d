using System.Security.Cryptography;
using System.Text;

namespace Migrations.Engine.Governance;

/// <summary>How the page looks: light and dark, wide and narrow, on paper. It stands in the page itself, which loads nothing.</summary>
internal static class HtmlStyle
{
    // No character that XML would write in another way: the browser reads it as it is.
    public const string Text = """

        :root { color-scheme: light dark; --back: #fff; --panel: #f6f7f9; --ink: #1c2126; --soft: #59636e; --line: #d8dee4; --link: #0b5cad; --ok: #17692f; --okback: #e3f4e7; --wait: #7a4b00; --waitback: #fdf0d5; --bad: #a3172a; --badback: #fde5e7; --wire: #6b7885;
          --s0: #dbe9f9; --s1: #dff2e1; --s2: #fbe9d2; --s3: #eae2f8; --s4: #f9dfe6; --s5: #d9f1f1; --s6: #eeecd2; --s7: #e4e7eb }
        @media (prefers-color-scheme: dark) { :root { --back: #14181c; --panel: #1d2227; --ink: #e4e8ec; --soft: #9aa5b0; --line: #363d45; --link: #79b8ff; --ok: #85d996; --okback: #17331e; --wait: #f2c46d; --waitback: #3a2c0e; --bad: #ff9aa5; --badback: #431a20; --wire: #8b97a3;
          --s0: #1f3a57; --s1: #1f4027; --s2: #4a3517; --s3: #382c55; --s4: #4d2531; --s5: #1b4343; --s6: #403d1a; --s7: #333a42 } }
        * { box-sizing: border-box }
        html { scroll-padding-top: 1rem }
        body { margin: 0; background: var(--back); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; overflow-wrap: break-word }
        a { color: var(--link); text-decoration: none }
        a:hover, a:focus { text-decoration: underline }
        code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: .88em; unicode-bidi: isolate }
        code { white-space: pre-wrap; overflow-wrap: anywhere }
        pre { margin: .5rem 0; padding: .75rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; line-height: 1.45 }
        pre code { font-size: 1em; white-space: pre; overflow-wrap: normal }
        h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2 }
        h2 { margin: 3rem 0 1rem; padding-bottom: .35rem; border-bottom: 2px solid var(--line); font-size: 1.45rem; line-height: 1.25 }
        h3 { margin: 0 0 .35rem; font-size: 1.1rem; line-height: 1.35 }
        h3 code { font-size: 1em }
        h4 { margin: 0; color: var(--soft); font-size: .88rem; font-weight: 600; line-height: 1.75 }
        p { margin: .35rem 0; max-width: 46rem }
        ul { margin: 0; padding: 0; list-style: none }
        .skip { position: absolute; left: -999rem }
        .skip:focus { left: 1rem; top: .5rem; padding: .3rem .6rem; background: var(--back) }
        .page { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 1500px; margin: 0 auto }
        nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2rem 1rem 2rem 1.25rem; border-right: 1px solid var(--line); font-size: .9rem }
        nav li { margin: .2rem 0 }
        nav li li { margin: 0; padding-left: .8rem; font-size: .95em }
        nav strong { display: block; margin: 0 0 .5rem }
        summary { cursor: pointer }
        main { padding: 2rem 2rem 4rem }
        .lead { color: var(--soft) }
        .head { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.25rem; margin: 1.25rem 0; padding: .9rem 1.1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; font-size: .95rem }
        dt { color: var(--soft) }
        dd { margin: 0; overflow-wrap: anywhere }
        .note { padding: .6rem .9rem; border-left: 4px solid var(--wait); background: var(--waitback); max-width: none }
        .card { margin: 0 0 1.1rem; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: 8px }
        .card dl { display: flex; flex-wrap: wrap; gap: .15rem 1.4rem; margin: .6rem 0 0; font-size: .88rem }
        .card dl div { display: flex; gap: .4rem }
        .tag { display: inline-block; margin-left: .3rem; padding: 0 .5em; border-radius: 1em; background: var(--panel); border: 1px solid var(--line); color: var(--soft); font-size: .75rem; font-weight: 600; line-height: 1.55; white-space: nowrap; vertical-align: .1em }
        .tag.ok { background: var(--okback); border-color: transparent; color: var(--ok) }
        .tag.wait { background: var(--waitback); border-color: transparent; color: var(--wait) }
        .tag.bad { background: var(--badback); border-color: transparent; color: var(--bad) }
        .scroll { overflow-x: auto; margin: .7rem 0 }
        table { border-collapse: collapse; width: 100%; font-size: .92rem }
        caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
        th, td { padding: .38rem .7rem .38rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
        thead th { color: var(--soft); font-size: .82rem; font-weight: 600; white-space: nowrap }
        tbody th { font-weight: 400 }
        td.short, th.short { white-space: nowrap }
        .columns td:last-child { min-width: 14rem }
        .columns tbody th { white-space: nowrap }
        .columns th code { white-space: nowrap }
        .columns td:nth-child(2) { min-width: 13rem }
        .log td:nth-child(2), .log td:last-child { min-width: 0 }
        .objects li { padding: .55rem 0; border-bottom: 1px solid var(--line) }
        .objects li:last-child { border-bottom: 0; padding-bottom: 0 }
        .objects dl { margin: .15rem 0 0 }
        .facts { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .1rem 1rem; margin-top: .35rem; font-size: .92rem }
        .facts li { margin: 0 0 .15rem }
        .why { color: var(--soft) }
        .diagram { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 8px; background: var(--back) }
        svg { display: block; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; font-size: 12px }
        svg text { fill: var(--ink); unicode-bidi: isolate; direction: ltr }
        svg .name { font-size: 13px; font-weight: 700 }
        svg .of, svg .mark { fill: var(--soft) }
        svg .box { fill: var(--back); stroke: var(--wire) }
        svg .s0 { fill: var(--s0) } svg .s1 { fill: var(--s1) } svg .s2 { fill: var(--s2) } svg .s3 { fill: var(--s3) } svg .s4 { fill: var(--s4) } svg .s5 { fill: var(--s5) } svg .s6 { fill: var(--s6) } svg .s7 { fill: var(--s7) }
        svg .wire { fill: none; stroke: var(--wire); stroke-width: 1.3 }
        svg g.line:hover .wire { stroke: var(--link); stroke-width: 2.6 }
        .legend { max-width: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin-top: .5rem; color: var(--soft); font-size: .88rem }
        footer { margin-top: 3rem; color: var(--soft); font-size: .88rem }
        @media (max-width: 62rem) {
          .page { display: block }
          nav { position: static; max-height: none; border-right: 0; border-bottom: 1px solid var(--line); padding: 1rem }
          nav li li { display: none }
          main { padding: 1.25rem 1rem 3rem }
        }
        @media (max-width: 40rem) {
          h1 { font-size: 1.55rem }
          .head, .facts { grid-template-columns: minmax(0, 1fr); gap: 0 }
          .head dd { margin-bottom: .5rem }
          .facts h4 { margin-top: .4rem }
          .card { padding: .8rem .9rem }
          .columns, .columns tbody, .columns tr, .columns th, .columns td { display: block; border: 0; padding: 0 }
          .columns thead { display: none }
          .columns tr { padding: .45rem 0; border-bottom: 1px solid var(--line) }
          .columns tbody th, .columns th code { white-space: normal }
          .columns td:nth-child(2), .columns td:last-child { min-width: 0 }
          .columns td:empty { display: none }
          .columns.log td, .columns.log tbody th { display: inline-block; padding-right: .6rem }
        }
        @media print {
          :root { color-scheme: light; --back: #fff; --panel: #fff; --ink: #000; --soft: #444; --line: #bbb; --link: #000; --ok: #000; --okback: #fff; --wait: #000; --waitback: #fff; --bad: #000; --badback: #fff; --wire: #555;
            --s0: #eee; --s1: #eee; --s2: #eee; --s3: #eee; --s4: #eee; --s5: #eee; --s6: #eee; --s7: #eee }
          body { font-size: 10pt }
          nav, .skip { display: none }
          .page { display: block; max-width: none }
          main { padding: 0 }
          h2, h3, h4 { break-after: avoid }
          tr, li, .script { break-inside: avoid }
          .diagram, .scroll { overflow: visible; padding: 0; border: 0 }
          svg { max-width: 100%; max-height: 235mm; height: auto }
          pre code { white-space: pre-wrap }
          .tag { border: 1px solid #888 }
          details::details-content { content-visibility: visible; height: auto }
        }

        """;

    /// <summary>As Content-Security-Policy wants it: this style and nothing else.</summary>
    public static string Hash { get; } = "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}
