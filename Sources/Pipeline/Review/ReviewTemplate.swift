/// The page of a document in review, for swift-mustache: two braces escape what they hold, three do not.
enum ReviewTemplate {
    /// Light and dark, narrow and wide, on the screen and on paper.
    static let style = """
        :root{color-scheme:light dark;--ink:#1a1a1a;--soft:#555;--line:#bbb;--paper:#fff;--new:#0b5d1e;--was:#8a1c1c}
        @media(prefers-color-scheme:dark){:root{--ink:#eee;--soft:#b5b5b5;--line:#555;--paper:#161616;--new:#7fd694;--was:#f0a0a0}}
        body{font:1rem/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:1.5rem auto;max-width:60rem;padding:0 1rem}
        h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
        table{border-collapse:collapse;width:100%;margin:.5rem 0 1.2rem}.wide{overflow-x:auto}
        th,td{border-bottom:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere;min-width:4.5rem}
        .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        del{color:var(--was)}ins{color:var(--new);font-weight:600;text-decoration:none}
        .soft{color:var(--soft)}
        @media print{body{max-width:none;margin:0}.wide{overflow:visible}}
        """

    static let page = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta {{{mark}}}>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{{{styleDigest}}}'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>{{number}}: {{title}}</title>
        <style>{{{style}}}</style>
        </head>
        <body>
        <main>
        <h1>Waits for approval: {{title}}</h1>
        <p>Document {{number}} for QuickBooks, {{company}}.{{#hasSince}} It waits since {{since}}.{{/hasSince}}{{#hasMoney}} {{comes}} <strong>{{total}}</strong>.{{/hasMoney}}</p>
        <p>Nothing of it has been sent. Move this page, or <code>{{document}}</code> beside it, into the folder <code>approved</code> or <code>rejected</code> to decide. A page that is changed decides nothing.</p>
        {{#entries}}
        <section>
        <h2>{{heading}}</h2>
        {{#hasSource}}<p class="soft">From {{source}}.</p>{{/hasSource}}
        <div class="wide"><table>
        <thead><tr><th scope="col">Field</th><th scope="col">In QuickBooks</th></tr></thead>
        <tbody>
        {{#facts}}
        <tr><th scope="row">{{label}}</th><td>{{#isChange}}<del>{{before}}</del> becomes <ins>{{after}}</ins>{{/isChange}}{{^isChange}}{{after}}{{/isChange}}</td></tr>
        {{/facts}}
        </tbody></table></div>
        {{#hasLines}}
        <div class="wide"><table>
        <thead><tr><th scope="col">Line</th><th scope="col">Item</th><th scope="col">Job</th><th scope="col" class="n">Quantity × price</th><th scope="col" class="n">Amount</th></tr></thead>
        <tbody>
        {{#lines}}
        <tr><td>{{what}}{{#isMarked}} <ins>({{mark}})</ins>{{/isMarked}}</td><td>{{item}}</td><td>{{job}}</td><td class="n">{{count}}</td><td class="n">{{#hasBefore}}<del>{{before}}</del> becomes {{/hasBefore}}{{after}}</td></tr>
        {{/lines}}
        {{#isCut}}<tr><td colspan="5">And {{more}} more lines, which stand in the document.</td></tr>{{/isCut}}
        </tbody>
        {{#hasTotal}}<tfoot><tr><th scope="row" colspan="4">Total</th><td class="n">{{#hasTotalBefore}}<del>{{totalBefore}}</del> becomes {{/hasTotalBefore}}<strong>{{total}}</strong></td></tr></tfoot>{{/hasTotal}}
        </table></div>
        {{/hasLines}}
        </section>
        {{/entries}}
        {{#sums}}
        <h2>By {{label}}</h2>
        <div class="wide"><table><thead><tr><th scope="col">{{label}}</th><th scope="col" class="n">Amount</th></tr></thead><tbody>
        {{#rows}}
        <tr><th scope="row">{{name}}</th><td class="n">{{amount}}</td></tr>
        {{/rows}}
        </tbody></table></div>
        {{/sums}}
        </main>
        </body>
        </html>

        """
}
