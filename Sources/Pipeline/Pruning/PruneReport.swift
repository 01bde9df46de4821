import Foundation
import Procore
import SyncLedger

/// What a prune took out, or would: for people and for scripts.
public struct PruneReport: Sendable {
    private let prune: LedgerPrune
    /// What stays, and why; only of one that was tried.
    private let kept: [(kind: KeptKind, why: KeptReason, count: Int)]
    private let isDry: Bool
    /// What is to be said besides, a sentence each.
    private let notes: [String]

    init(
        _ prune: LedgerPrune, kept: [(kind: KeptKind, why: KeptReason, count: Int)] = [], isDry: Bool = false,
        notes: [String] = []
    ) {
        self.prune = prune
        self.kept = kept
        self.isDry = isDry
        self.notes = notes
    }

    /// Why nothing was taken out; nil: it was.
    public var problem: String? { prune.problem }

    private var counts: PruneCounts { prune.counts }

    /// What goes, by kind, with how many and how many bytes.
    private var kinds: [(name: String, words: String, count: Int, bytes: Int?)] {
        [
            ("events", "events of settled records' histories", counts.events, nil),
            ("documents", "documents' bytes", counts.documents, counts.documentBytes),
            ("files", "dropped files with their receipts", counts.files, nil),
            ("share_files", "files on the share", counts.shareFiles, counts.shareBytes),
            ("pulls", "answered queries in bulk", counts.pulls, nil),
            ("commands", "commands that were done", counts.commands, nil),
        ]
    }

    /// For people.
    public var text: String {
        if let problem { return problem }
        var lines = [
            isDry
                ? "Of what is older than \(prune.day) this would go:" : "Of what is older than \(prune.day) this went:"
        ]
        lines += kinds.map { kind in
            "  \(kind.count) \(kind.words)" + (kind.bytes.map { ", \(Self.size($0))" } ?? "")
        }
        if isDry, !kept.isEmpty {
            lines.append("This stays, whatever its age:")
            lines += kept.map { "  \($0.count) \($0.kind)s that \($0.why.words)" }
        }
        if counts.unknown.count > 0 {
            lines.append(
                "\(counts.unknown.count) files in the folders of those days stay, since they are not known here or may not be removed: "
                    + counts.unknown.first.joined(separator: ", "))
        }
        if !isDry {
            lines.append(
                "The sync ledger was \(Self.size(counts.ledger.before)) and is \(Self.size(counts.ledger.after)).")
            if let archive = prune.archive { lines.append("What went is in \(archive).") }
        }
        lines += notes
        return lines.joined(separator: "\n")
    }

    /// For scripts.
    public var json: JSONValue { .object(fields) }

    var fields: [(key: String, value: JSONValue)] {
        var fields: [(key: String, value: JSONValue)] = [
            ("before", .string(prune.day)), ("dry_run", .bool(isDry)),
            ("notes", .array(notes.map(JSONValue.string))), ("problem", prune.problem.map(JSONValue.string) ?? .null),
            ("archive", prune.archive.map(JSONValue.string) ?? .null),
        ]
        for kind in kinds {
            fields.append((kind.name, .int(kind.count)))
            if let bytes = kind.bytes { fields.append(("\(kind.name)_bytes", .int(bytes))) }
        }
        fields.append(("unknown_files", .int(counts.unknown.count)))
        fields.append(("ledger_bytes_before", .int(counts.ledger.before)))
        fields.append(("ledger_bytes_after", .int(counts.ledger.after)))
        if isDry {
            fields.append(
                (
                    "stays",
                    .array(
                        kept.map { each in
                            .object([
                                ("what", .string("\(each.kind)")), ("count", .int(each.count)),
                                ("why", .string(each.why.words)),
                            ])
                        })
                ))
        }
        return fields
    }

    /// `1.5 GB`
    static func size(_ bytes: Int) -> String {
        let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)]
        guard let (name, unit) = units.first(where: { bytes >= $0.1 }) else { return "\(bytes) bytes" }
        let tenths = bytes / (unit / 10)
        return "\(tenths / 10).\(tenths % 10) \(name)"
    }
}

extension KeptReason {
    /// Why something stays, as a sentence goes on after it.
    var words: String {
        switch self {
        case .unsettled: "wait, failed, are on their way or are in doubt"
        case .order: "belong to purchase orders that are not known to be billed in full"
        case .bill: "are bills that are not known to be paid in full"
        case .estimate: "belong to estimates"
        case .unanswered: "are not answered"
        case .standing: "have not left the outbox"
        case .review: "wait for a person's word"
        case .unfinished: "are not finished"
        case .refused: "brought records that were refused and not taken since"
        case .rejected: "were rejected, and stand in inbox/rejected to be mended"
        case .ofKept: "belong to records that stay"
        }
    }
}
