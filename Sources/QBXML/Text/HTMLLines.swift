/// Lays the text of an HTML document out in lines, as a browser would on a page without end.
struct HTMLLines {
    private var text = String.UnicodeScalarView()
    /// The line being written, without the mark of a list item.
    private var line = String.UnicodeScalarView()
    private var lineIsItem = false
    private var hasLines = false
    private var lastIsEmpty = false

    /// White space was read, and is written if text follows on the line.
    private var owesSpace = false
    /// A block began or ended, and a new line begins if text follows.
    private var owesBreak = false
    /// A list item began, and is marked when its text comes.
    private var owesMark = false
    /// Inside these nothing is shown.
    private var hidden = 0
    /// Inside these white space stays.
    private var preformatted = 0
    /// The line break right after `<pre>` is not part of it.
    private var skipsBreak = false
    private var followsReturn = false
    /// Cells around this place, and whether the innermost has no text yet.
    private var cells = 0
    private var cellIsFresh = false

    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot",
        "thead", "ul",
    ]

    mutating func take(_ event: HTMLReader.Event) {
        switch event {
        case .start(let name): start(name)
        case .end(let name): end(name)
        case .text(let piece):
            if hidden == 0 { for scalar in piece.unicodeScalars { write(scalar) } }
        }
    }

    /// The text, once everything is read.
    mutating func finished() -> String {
        if !line.isEmpty { endLine() }
        return HTMLText.trimmed(text)
    }

    private mutating func start(_ name: String) {
        switch name {
        case "script", "style", "title", "template": hidden += 1
        case "br": lineBreak()
        case "tr": row()
        case "td", "th":
            // A row's break stands; a break left by the cell before was only that cell's.
            if !line.isEmpty { owesSpace = true }
            cells += 1
            cellIsFresh = true
        default: if Self.blocks.contains(name) { blockBreak() }
        }
        if name == "li" { owesMark = true }
        if name == "pre" {
            preformatted += 1
            skipsBreak = true
        }
    }

    private mutating func end(_ name: String) {
        switch name {
        case "script", "style", "title", "template": hidden = max(0, hidden - 1)
        case "td", "th":
            dropTrailingSpaces()
            owesBreak = false
            owesSpace = !line.isEmpty
            cells = max(0, cells - 1)
            cellIsFresh = false
        case "tr": owesBreak = true
        default: if Self.blocks.contains(name) { blockBreak() }
        }
        if name == "li" { owesMark = false }
        if name == "pre" { preformatted = max(0, preformatted - 1) }
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        let follows = followsReturn
        followsReturn = scalar == "\r"
        let skips = skipsBreak
        switch scalar {
        case "\n", "\r":
            if preformatted == 0 {
                owesSpace = true
            } else if !(scalar == "\n" && follows) {
                skipsBreak = false
                if !skips { lineBreak() }
            }
        case " ", "\t":
            if preformatted == 0 { owesSpace = true } else { append(scalar) }
        case "\u{A0}" where cellIsFresh:
            owesSpace = true
        default:
            append(HTMLText.visible(scalar))
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        skipsBreak = false
        cellIsFresh = false
        settleBreak()
        if owesSpace, !line.isEmpty { line.append(" ") }
        owesSpace = false
        if owesMark, line.isEmpty { lineIsItem = true }
        owesMark = false
        line.append(scalar)
    }

    private mutating func blockBreak() {
        if !cellIsFresh { owesBreak = true }
    }

    /// A break that was asked for, as `<br>` does; in a cell it never parts the row from its next cell.
    private mutating func lineBreak() {
        guard cells == 0 else { return blockBreak() }
        settleBreak()
        endLine()
    }

    private mutating func row() {
        guard !cellIsFresh else { return }
        owesBreak = true
        settleBreak()
    }

    private mutating func settleBreak() {
        if owesBreak, !line.isEmpty { endLine() }
        owesBreak = false
    }

    private mutating func dropTrailingSpaces() {
        while let last = line.last, last == " " || last == "\t" { line.removeLast() }
    }

    private mutating func endLine() {
        dropTrailingSpaces()
        if !(line.isEmpty && lastIsEmpty) {
            if hasLines { text.append("\n") }
            if lineIsItem, !line.isEmpty { text.append(contentsOf: "- ".unicodeScalars) }
            text.append(contentsOf: line)
            lastIsEmpty = line.isEmpty
            hasLines = true
        }
        line.removeAll(keepingCapacity: true)
        lineIsItem = false
        owesSpace = false
    }
}
