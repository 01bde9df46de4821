import Domain
import DropFolder
import SyncLedger

/// What stands in `outbox/review` and its folders at one moment, and what it means.
struct ReviewDesk {
    private let root: OpenRoot
    private let folders: ReviewFolders
    private let now: Int64
    /// Files that decide, by the document's number.
    private var deciding: [Int: [ReviewFolders.Moved]] = [:]
    /// What is told beside files that decide nothing.
    private var told: [ReviewFolders.Moved: String] = [:]
    private var problemFiles: [ReviewFolders.Moved] = []
    /// What waits, each name with its size.
    private var names: [String: Int] = [:]
    /// The documents of which something stands there although they are decided.
    private var decided: Set<Int> = []
    /// Whether a file is still being copied, as it seems.
    private(set) var isIncomplete = false

    init(root: OpenRoot, folders: ReviewFolders, now: Int64) {
        self.root = root
        self.folders = folders
        self.now = now
    }

    /// A page says within its first bytes which document it is about.
    private static let pageStart = 4_096
    /// The longest document that is compared.
    private static let longestDocument = 64 << 20
    /// A file that does not say what it should is taken for one that is still being copied for so many seconds.
    private static let copying: Int64 = 5

    // MARK: - Looking

    /// Reads what stands there.
    mutating func look() throws {
        names = try folders.waiting()
        let moved = try ReviewFolders.Deciding.allCases.flatMap { try folders.moved(to: $0) }
        try root.ledger.read { books in
            for name in names.keys {
                guard let (number, _) = try document(of: name, books) else { continue }
                if try books.review(of: number)?.verdict != nil { decided.insert(number) }
            }
            for file in moved {
                if file.name.hasSuffix(ReviewFolders.problemEnding) {
                    problemFiles.append(file)
                } else {
                    try look(at: file, books)
                }
            }
        }
        for (number, files) in deciding where Set(files.map(\.folder)).count > 1 {
            deciding[number] = nil
            for file in files {
                told[file] =
                    "The document or its page stands in approved and in rejected, so nothing is decided. Take it out of the "
                    + "wrong one."
            }
        }
    }

    /// The number of the document that a name belongs to, and its bytes; nil: to none.
    private func document(of name: String, _ books: Books) throws -> (number: Int, document: LedgerDocument)? {
        guard let number = Int(name.prefix { $0.isASCII && $0.isNumber }), let document = try books.document(number),
            document.outbox == .review, document.name == name || document.pageName == name
        else { return nil }
        return (number, document)
    }

    private mutating func look(at file: ReviewFolders.Moved, _ books: Books) throws {
        guard let (number, document) = try document(of: file.name, books), let review = try books.review(of: number)
        else {
            told[file] =
                "This is no document that waits for approval, nor the page of one. Only those of outbox/review decide, under "
                + "the names that they have there."
            return
        }
        if let verdict = review.verdict {
            // What somebody moved after the decision, or a copy of it.
            if verdict.rawValue == file.folder.rawValue {
                decided.insert(number)
            } else {
                told[file] = review.sentence(of: document, in: root.configuration.settings)
            }
            return
        }
        if try isOurs(file, document, books) {
            deciding[number, default: []].append(file)
        } else if now - file.changed < Self.copying {
            isIncomplete = true
        } else {
            told[file] =
                "It does not say what Plumbline wrote, so it decides nothing. A document cannot be changed here: reject it, "
                + "correct the record in Procore, and drop its export again."
        }
    }

    /// Whether a file is what was written for the document, so that nothing else decides: the page of another root, or a
    /// document that somebody has changed.
    private func isOurs(_ file: ReviewFolders.Moved, _ document: LedgerDocument, _ books: Books) throws -> Bool {
        guard let bytes = try books.bytes(ofDocument: document.sequence) else { return false }
        if file.name == document.name {
            return try folders.bytes(of: file, atMost: Self.longestDocument) == bytes
        }
        let start = try folders.bytes(of: file, atMost: Self.pageStart)
        return start.map { String(decoding: $0, as: UTF8.self).contains(ReviewPage.mark(of: bytes)) } ?? false
    }

    // MARK: - Deciding

    /// What people decided, in number order, some at a time.
    func decisions(atMost most: Int) -> [ReviewDecision] {
        struct Kind: Hashable {
            let isApproval: Bool
            let who: String?
        }
        var kinds: [Kind: [Int]] = [:]
        for (number, files) in deciding {
            guard let folder = files.first?.folder else { continue }
            let who = files.compactMap(\.owner).min()
            kinds[Kind(isApproval: folder == .approved, who: who), default: []].append(number)
        }
        return kinds.flatMap { kind, numbers in
            let sorted = numbers.sorted()
            return stride(from: 0, to: sorted.count, by: most).map { start in
                ReviewDecision(
                    isApproval: kind.isApproval, documents: Array(sorted[start..<min(start + most, sorted.count)]),
                    who: kind.who)
            }
        }.sorted { ($0.documents?.first ?? 0) < ($1.documents?.first ?? 0) }
    }

    /// A decision could not be taken: that is told beside its files.
    mutating func tell(_ text: String, about document: Int) {
        for file in deciding[document] ?? [] { told[file] = text }
    }

    // MARK: - Filing and telling

    /// Files what belongs to documents that are decided: into a folder of the day, below that of the verdict.
    func file() throws {
        let settings = root.configuration.settings
        for number in decided.union(deciding.keys).sorted() {
            let found = try root.ledger.read { (try $0.document(number), try $0.review(of: number)) }
            guard let document = found.0, let review = found.1, let verdict = review.verdict else { continue }
            try folders.file(
                [document.name, document.pageName], into: verdict.rawValue,
                on: ReviewTime.day(review.at ?? now, settings))
        }
    }

    /// Says beside each file that decides nothing why, and takes back what was said of files that are gone.
    func tellAll() throws {
        for (file, text) in told where try folders.tell("\(file.name)\n  \(text)\n", beside: file) {
            try root.journal.event(
                "review not decided", at: WallClock.text(now), level: "warning",
                [("file", .string("outbox/review/\(file.folder.rawValue)/\(file.name)")), ("what", .string(text))])
        }
        let texts = Set(told.keys.map { [$0.folder.rawValue, $0.name + ReviewFolders.problemEnding] })
        for file in problemFiles where !texts.contains([file.folder.rawValue, file.name]) {
            // Another file that is called so is somebody's own.
            let about = file.name.dropLast(ReviewFolders.problemEnding.count)
            let start = try folders.bytes(of: file, atMost: Self.pageStart)
            if start?.starts(with: Array("\(about)\n  ".utf8)) == true {
                try folders.remove(file.name, from: file.folder)
            }
        }
    }

    // MARK: - Pages

    /// Writes the pages that are missing, and documents that somebody removed.
    /// - Returns: whether more are missing than were to be written.
    func writePages(of waiting: [WaitingReview], atMost most: Int) throws -> Bool {
        var left = most
        for review in waiting {
            let document = review.document
            let lacksPage = names[document.pageName, default: 0] == 0
            guard lacksPage || names[document.name] == nil else { continue }
            guard left > 0 else { return true }
            left -= 1
            let (bytes, page) = try root.ledger.read { books in
                let bytes = try books.bytes(ofDocument: document.sequence) ?? []
                let page = try ReviewPage(review, bytes: bytes, books, root.configuration.settings)
                return (bytes, try page.html)
            }
            // It was published before it was listed: what is not there was removed, or has just come.
            if names[document.name] == nil { try folders.write(bytes, as: document.name) }
            if lacksPage { try folders.write(page, as: document.pageName) }
        }
        return false
    }
}

extension LedgerDocument {
    /// The name of the page that shows it to people: `00000017-requisitions.html`.
    var pageName: String { String(name.dropLast(3)) + "html" }
}
