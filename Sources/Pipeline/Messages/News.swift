import Domain
import Foundation
import SyncLedger

/// What came up in a root since people were last told, for one message.
struct News: Sendable {
    /// What kind of thing, in the order in which they are told.
    enum Kind: String, Sendable, CaseIterable {
        /// Something keeps the root from going on, or documents from being sent.
        case trouble
        /// A carrier has not been heard of.
        case silent
        /// A record failed.
        case failed
        /// A file was rejected as a whole.
        case rejected
        /// A record of a file was refused.
        case refused
        /// A file or folder cannot be taken, read or filed away.
        case waiting
        /// A document has had no answer for long.
        case unanswered

        /// `2 records failed`
        func words(_ count: Int) -> String {
            let number = StatusPageWords.number(count)
            let isOne = count == 1
            return switch self {
            case .trouble: "\(number) \(isOne ? "thing keeps" : "things keep") the work from going on"
            case .silent: "\(number) \(isOne ? "carrier is" : "carriers are") silent"
            case .failed: "\(number) \(isOne ? "record" : "records") failed"
            case .rejected: "\(number) \(isOne ? "file was" : "files were") rejected"
            case .refused: "\(number) \(isOne ? "record was" : "records were") refused"
            case .waiting: "\(number) \(isOne ? "file or folder" : "files or folders") cannot be taken"
            case .unanswered: "\(number) \(isOne ? "document has" : "documents have") had no answer for long"
            }
        }

        /// What stands above those that are listed.
        var heading: String {
            switch self {
            case .trouble: "What keeps the work from going on"
            case .silent: "Carriers that are silent"
            case .failed: "Records that failed"
            case .rejected: "Files that were rejected"
            case .refused: "Records that were refused"
            case .waiting: "Files and folders that cannot be taken"
            case .unanswered: "Documents without an answer"
            }
        }
    }

    /// The root's path.
    var root: String
    /// The root and its company, in words.
    var title: String
    /// When it was read, seconds since 1970.
    var at: Int64
    /// In which times are shown to people; nil: UTC.
    var zone: TimeZone?
    /// How many there are of each kind.
    var counts: [Kind: Int] = [:]
    /// Those that are listed, in the order of their kinds.
    var items: [(kind: Kind, item: StatusPage.Item)] = []

    /// So many are listed in a message, and of each kind at least so many as well.
    static let listed = 50
    static let least = 10

    /// The last part of the root's path, by which the office knows it.
    var name: String { root.split(separator: "/").last.map(String.init) ?? "/" }

    var count: Int { counts.values.reduce(0, +) }

    /// How many are not listed.
    var leftOut: Int { max(0, count - items.count) }

    /// `2 records failed, 1 file was rejected`
    var summary: String {
        Kind.allCases.compactMap { kind in
            counts[kind].flatMap { $0 > 0 ? kind.words($0) : nil }
        }.joined(separator: ", ")
    }

    /// Takes things of a kind: all are counted, and some listed.
    mutating func add(_ kind: Kind, _ count: Int, _ items: [StatusPage.Item]) {
        guard count > 0 else { return }
        counts[kind, default: 0] += count
        self.items += items.map { (kind, $0) }
    }
}

/// Something that lasts, is told once for as long as it does, and is known by a name of its own.
struct LastingNews: Sendable {
    /// By which it is known: another name is another thing.
    let name: String
    let kind: News.Kind
    let item: StatusPage.Item

    /// - Parameter name: of any length; what is kept of it is short.
    init(_ name: String, _ kind: News.Kind, _ item: StatusPage.Item) {
        self.name = Digest(of: Array(name.utf8)).hex(16)
        self.kind = kind
        self.item = item
    }
}
