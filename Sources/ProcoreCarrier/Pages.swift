import Domain
import NIOHTTP1

/// Walks through the pages of a list.
///
/// Source: Procore's developer documentation, "Using Pagination": `page` from 1 and `per_page`; the answer says `Total`
/// of records, and its `Link` has `rel="next"` on every page but the last. The addresses in `Link` are not followed:
/// a token goes only where the configuration says. Where an answer says nothing of pages, they go on until one is empty
/// or the same as the one before, as with a list that knows no pages.
struct Pages {
    /// The list became longer or shorter while it was read, so that a record may have slipped from page to page.
    struct Changed: Error {}

    private let size: Int
    private var page = 1
    private var isAtEnd = false
    private var total: Int?
    private var seen = 0
    private var last: Digest?
    /// Whether the page that was taken last is none of its own: the one before once more.
    private(set) var isRepetition = false
    /// More than any list has; a server that knows no end has one here.
    private static let most = 100_000

    init(size: Int) {
        self.size = size
    }

    /// What asks for the next page; nil after the last.
    var next: [(String, String)]? {
        isAtEnd ? nil : [("page", String(page)), ("per_page", String(size))]
    }

    /// Takes note of a page.
    /// - Parameter count: the records in it.
    /// - Throws: `Changed`.
    mutating func took(count: Int, _ digest: Digest, _ headers: HTTPHeaders) throws(Changed) {
        let said = headers.first(name: "Total").flatMap { Int($0) }
        if page > 1, let said, let total, said != total { throw Changed() }
        total = said
        isRepetition = page > 1 && digest == last
        last = digest
        if !isRepetition { seen += count }
        if headers.contains(name: "Link") {
            isAtEnd = !headers[canonicalForm: "Link"].contains {
                $0.contains("rel=\"next\"") || $0.contains("rel=next")
            }
        } else if let said {
            isAtEnd = seen >= said
        } else {
            isAtEnd = count == 0
        }
        if count == 0 || isRepetition { isAtEnd = true }
        // Fewer came than there are: some slipped away, or a page was not what it should be.
        if isAtEnd, let said, seen < said { throw Changed() }
        page += 1
        if page > Self.most { throw Changed() }
    }
}
