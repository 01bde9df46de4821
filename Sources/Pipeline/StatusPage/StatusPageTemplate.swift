/// The HTML of the status page, for Mustache. Its text and style are constants, so that the program needs no files beside it.
enum StatusPageTemplate {
    static let html = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{{{styleDigest}}}'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <meta name="robots" content="noindex">
        <title>{{verdict}} – Plumbline</title>
        <style>{{{style}}}</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to what there is</a>
        <header>
        <h1>Plumbline</h1>
        <p class="company"><bdi>{{company}}</bdi></p>
        <p class="verdict">{{verdict}}</p>
        <p class="meta">Written <time datetime="{{writtenUTC}}">{{writtenAt}}</time>. {{freshness}} Times are those of {{zoneName}}.</p>
        </header>
        <nav aria-label="Parts of this page"><ul>
        {{#sections}}<li><a href="#{{id}}"{{#urgent}} class="urgent"{{/urgent}}><b>{{count}}</b> {{heading}}{{#total}} <span class="money">{{.}}</span>{{/total}}</a></li>
        {{/sections}}<li><a href="#carriers">Carriers and folders</a></li>
        </ul></nav>
        <main id="main">
        {{#notices}}<section class="notice" aria-label="Concerns everything"><p><strong>{{what}}</strong></p><p>{{remedy}}</p>{{#since}}<p class="meta">since {{.}}</p>{{/since}}</section>
        {{/notices}}{{#sections}}<section aria-labelledby="{{id}}">
        <h2 id="{{id}}" tabindex="-1">{{heading}}</h2>
        {{#isEmpty}}<p class="none">{{none}}</p>
        {{/isEmpty}}{{#isFull}}<p>{{lead}}</p>
        <table>
        <caption>{{heading}}, by kind</caption>
        <thead><tr><th scope="col">What</th><th scope="col" class="number">How many</th><th scope="col" class="number">Money</th></tr></thead>
        <tbody>
        {{#groups}}<tr><th scope="row">{{word}}</th><td class="number">{{number}}</td><td class="number">{{money}}</td></tr>
        {{/groups}}</tbody>
        </table>
        <ol class="items">
        {{#items}}<li>
        <p class="top"><strong><bdi>{{name}}</bdi></strong>{{#amount}} <span class="money">{{.}}</span>{{/amount}}</p>
        <p><bdi>{{why}}</bdi></p>
        {{#todo}}<p><b>What to do:</b> <bdi>{{.}}</bdi></p>
        {{/todo}}{{#who}}<p><b>Who can:</b> {{.}}.</p>
        {{/who}}<p class="meta"><span class="state">{{state}}</span>{{#at}} <time datetime="{{sinceUTC}}">{{.}}</time>{{/at}}{{#file}}, from <bdi>{{.}}</bdi>{{/file}}{{#owner}}, dropped by <bdi>{{.}}</bdi>{{/owner}}{{#link}}, <a href="{{.}}">its page</a>{{/link}}</p>
        </li>
        {{/items}}</ol>
        {{#more}}<p class="more">{{.}}</p>
        {{/more}}{{/isFull}}</section>
        {{/sections}}<section aria-labelledby="carriers">
        <h2 id="carriers" tabindex="-1">Carriers and folders</h2>
        <dl>
        {{#facts}}<div><dt>{{about}}</dt><dd><bdi>{{said}}</bdi>{{#mend}} <strong><bdi>{{.}}</bdi></strong>{{/mend}}</dd></div>
        {{/facts}}</dl>
        </section>
        </main>
        <footer><p class="meta">The same as a table: <a href="status.csv">status.csv</a>, and what both sides come to, <a href="status.totals.csv">status.totals.csv</a>; for programs: <a href="status.json">status.json</a>. This page is written by Plumbline; nothing can be changed here.</p></footer>
        </body>
        </html>

        """

    static let style = """
        :root{color-scheme:light dark;--ground:#fff;--card:#f6f6f8;--text:#1b1b1f;--soft:#55565c;--line:#c9cad1;--link:#0b4f99;--alarm:#931216;--alarmed:#fdecec}
        @media (prefers-color-scheme:dark){:root{--ground:#16171a;--card:#212227;--text:#ececf0;--soft:#b9bac2;--line:#4a4b53;--link:#93bfff;--alarm:#ffb4ab;--alarmed:#3a1517}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0 auto;padding:1rem;max-width:60rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
        h1{font-size:1.1rem;margin:0}
        h2{font-size:1.3rem;margin:2.2rem 0 .4rem;border-top:1px solid var(--line);padding-top:.8rem}
        p{margin:.2rem 0}
        a{color:var(--link)}
        a:focus-visible,h2:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .skip{position:absolute;left:-999rem;background:var(--ground);padding:.5rem}
        .skip:focus{left:1rem;top:.5rem}
        .verdict{font-size:1.6rem;line-height:1.25;font-weight:600;margin:.6rem 0}
        .company,.meta,caption{color:var(--soft)}
        .meta,caption{font-size:.875rem}
        nav ul{list-style:none;margin:1rem 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.5rem}
        nav a{display:block;height:100%;padding:.6rem .8rem;min-height:2.75rem;background:var(--card);border:1px solid var(--line);border-radius:.4rem;text-decoration:none}
        nav a:hover{text-decoration:underline}
        nav a.urgent,.notice{background:var(--alarmed);color:var(--alarm);border-color:var(--alarm)}
        nav b{font-size:1.25rem}
        .money{font-variant-numeric:tabular-nums;font-weight:600;white-space:nowrap}
        nav .money{display:block;font-weight:400}
        .notice{border:1px solid var(--alarm);border-radius:.4rem;padding:.6rem .8rem;margin:1rem 0}
        .notice .meta{color:inherit}
        table{border-collapse:collapse;margin:.6rem 0;min-width:min(100%,26rem)}
        caption{text-align:start}
        th,td{padding:.25rem .6rem .25rem 0;text-align:start;border-bottom:1px solid var(--line);vertical-align:top}
        tbody th{font-weight:400}
        .number{text-align:end;font-variant-numeric:tabular-nums}
        td.number,th.number{padding:.25rem 0 .25rem .6rem}
        .items{list-style:none;margin:.8rem 0;padding:0;display:grid;gap:.6rem}
        .items li{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}
        .top{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem}
        .state{font-weight:600}
        .more{font-weight:600}
        dl div{margin:.5rem 0}
        dt{font-weight:600}
        dd{margin:0}
        footer{margin:2.5rem 0 1rem;border-top:1px solid var(--line)}
        @media print{:root{--ground:#fff;--card:#fff;--text:#000;--soft:#333;--line:#999;--link:#000;--alarm:#000;--alarmed:#fff}body{max-width:none;padding:0;font-size:10pt}nav,.skip,footer{display:none}.items li,tr,.notice{break-inside:avoid}h2{break-after:avoid}}

        """
}
