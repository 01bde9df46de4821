/// Lays the text of an HTML document out in lines, as a browser would on a page without end.
struct HTMLLines {
    /// The line being written, without the mark of a list item.
    private struct Line {
        var text = String.UnicodeScalarView()
        var isItem = false
    }

    /// What is written as soon as text follows.
    private struct Owed {
        /// White space was read, and is written if text follows on the line.
        var space = false
        /// A block began or ended, and a new line begins.
        var lineBreak = false
        /// A list item began, and is marked.
        var mark = false
    }

    /// The cells around this place.
    private struct Cells {
        var count = 0
        /// Whether the innermost has no text yet.
        var isFresh = false
    }

    private var text = ""
    private var line = Line()
    private var hasLines = false
    private var lastIsEmpty = false
    private var owed = Owed()
    /// Inside these nothing is shown.
    private var hidden = 0
    /// Inside these white space stays.
    private var preformatted = 0
    /// The line break right after `<pre>` is not part of it.
    private var skipsBreak = false
    private var followsReturn = false
    private var cells = Cells()

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
        if !line.text.isEmpty { endLine() }
        return HTMLText.trimmed(text.unicodeScalars)
    }

    private mutating func start(_ name: String) {
        switch name {
        case "script", "style", "title", "template": hidden += 1
        case "br": lineBreak()
        case "tr": row()
        case "td", "th":
            // A row's break stands; a break left by the cell before was only that cell's.
            if !line.text.isEmpty { owed.space = true }
            cells.count += 1
            cells.isFresh = true
        default: if Self.blocks.contains(name) { blockBreak() }
        }
        if name == "li" { owed.mark = true }
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
            owed.lineBreak = false
            owed.space = !line.text.isEmpty
            cells.count = max(0, cells.count - 1)
            cells.isFresh = false
        case "tr": owed.lineBreak = true
        default: if Self.blocks.contains(name) { blockBreak() }
        }
        if name == "li" { owed.mark = false }
        if name == "pre" { preformatted = max(0, preformatted - 1) }
    }

    private mutating func write(_ scalar: Unicode.Scalar) {
        let follows = followsReturn
        followsReturn = scalar == "\r"
        let skips = skipsBreak
        switch scalar {
        case "\n", "\r":
            if preformatted == 0 {
                owed.space = true
            } else if !(scalar == "\n" && follows) {
                skipsBreak = false
                if !skips { lineBreak() }
            }
        case " ", "\t":
            if preformatted == 0 { owed.space = true } else { append(scalar) }
        case "\u{A0}" where cells.isFresh:
            owed.space = true
        default:
            append(HTMLText.visible(scalar))
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        skipsBreak = false
        cells.isFresh = false
        settleBreak()
        if owed.space, !line.text.isEmpty { line.text.append(" ") }
        owed.space = false
        if owed.mark, line.text.isEmpty { line.isItem = true }
        owed.mark = false
        line.text.append(scalar)
    }

    private mutating func blockBreak() {
        if !cells.isFresh { owed.lineBreak = true }
    }

    /// A break that was asked for, as `<br>` does; in a cell it never parts the row from its next cell.
    private mutating func lineBreak() {
        guard cells.count == 0 else { return blockBreak() }
        settleBreak()
        endLine()
    }

    private mutating func row() {
        guard !cells.isFresh else { return }
        owed.lineBreak = true
        settleBreak()
    }

    private mutating func settleBreak() {
        if owed.lineBreak, !line.text.isEmpty { endLine() }
        owed.lineBreak = false
    }

    private mutating func dropTrailingSpaces() {
        while let last = line.text.last, last == " " || last == "\t" { line.text.removeLast() }
    }

    private mutating func endLine() {
        dropTrailingSpaces()
        if !(line.text.isEmpty && lastIsEmpty) {
            if hasLines { text += "\n" }
            if line.isItem, !line.text.isEmpty { text += "- " }
            // As text: views of scalars are put together one by one.
            text += String(line.text)
            lastIsEmpty = line.text.isEmpty
            hasLines = true
        }
        line.text.removeAll(keepingCapacity: true)
        line.isItem = false
        owed.space = false
    }
}
