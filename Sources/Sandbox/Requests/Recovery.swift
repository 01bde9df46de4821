import QBXML

/// QuickBooks' error recovery: what is remembered of a message set that was sent under an id.
///
/// Source: Intuit, "Error recovery", and the SDK's samples of it.
struct Recovery {
    /// The longest id that QuickBooks takes, in characters.
    static let longestID = 24

    let file: CompanyFile
    let edition: Edition
    let plan: FaultPlan

    /// Answers a message set from memory where it is known, and runs it where it is not.
    func response(to document: RequestDocument, bytes: [UInt8]) throws -> [UInt8] {
        let (new, old) = (document.newMessageSetID, document.oldMessageSetID)
        guard new != nil || old != nil else { return try run(document, nil, bytes, nil) }
        if [new, old].contains(where: { ($0?.unicodeScalars.count ?? 0) > Self.longestID }) {
            return only(.idTooLong, new)
        }
        if let new, let stored = try file.messageSet(new) {
            guard document.requests.isEmpty || stored.document == bytes else { return only(.otherContent, new) }
            guard !stored.isAnswerLost else { return only(.answerLost, new) }
            return ResponseWriter.document(answers: stored.answer, attributes: attributes(.answered, new))
        }
        if new != nil, document.requests.isEmpty { return only(.neverRun, new) }
        var status = MessageSetStatus.answered
        if old == "ClearAllMessageSets" {
            try file.forgetMessageSets()
        } else if let old, try !file.forgetMessageSet(old), new == nil {
            status = .neverRun
        }
        return try run(document, new, bytes, status)
    }

    private func run(
        _ document: RequestDocument, _ new: String?, _ bytes: [UInt8], _ status: MessageSetStatus?
    ) throws -> [UInt8] {
        let names = document.requests.map(\.name)
        let answers = try Answering(file: file, edition: edition, plan: plan).answers(to: document)
        var given = ResponseWriter()
        var remembered = ResponseWriter()
        let isReversed = try plan.first(for: names) { $0.effect == .reorder } != nil
        for answer in isReversed ? answers.reversed() : answers {
            // Queries find nothing new, and a record that is gone needs no finding.
            let isBare = answer.request.hasSuffix("Query") || answer.request == "ListDel"
            given.answer(answer, elements: document.statusOnly ? [] : answer.elements)
            remembered.answer(answer, elements: isBare ? [] : Ret.recovery(answer.elements))
        }
        if let new, let lost = try plan.first(for: names, { $0.setStatus != nil })?.setStatus {
            try file.remember(new, StoredMessageSet(document: bytes, answer: []))
            return only(MessageSetStatus(rawValue: lost) ?? .answerLost, new)
        }
        if let new { try file.remember(new, StoredMessageSet(document: bytes, answer: remembered.bytes)) }
        return ResponseWriter.document(answers: given.bytes, attributes: status.map { attributes($0, new) } ?? [])
    }

    private func only(_ status: MessageSetStatus, _ new: String?) -> [UInt8] {
        ResponseWriter.document(answers: [], attributes: attributes(status, new))
    }

    private func attributes(_ status: MessageSetStatus, _ new: String?) -> [(name: String, value: String)] {
        var attributes: [(name: String, value: String)] = []
        if let new { attributes.append(("newMessageSetID", new)) }
        attributes.append(("messageSetStatusCode", String(status.rawValue)))
        return attributes
    }
}
