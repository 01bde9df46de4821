import Domain
import DropFolder
import QBXML
import SyncLedger

/// Whether a response is whole, and whose answer it is.
struct AnswerCheck {
    /// SHA-256 of its bytes.
    private(set) var digest: Digest
    /// The ids of the requests that it answers; those without one are left out.
    private(set) var requestIDs: Set<String> = []
    /// The id of the message set that it answers; nil: it names none.
    private(set) var messageSetID: String?
    /// Whether it answers a request that has no id.
    private var answersNameless = false
    /// An answer in it, and how many objects it has.
    struct Answer {
        let head: ResponseHead
        var objects = 0
    }

    /// Its answers, as far as they are counted.
    private(set) var answers: [Answer] = []
    /// What is wrong with it, so that nobody can read it to its end; nil: it is whole.
    private(set) var problem: Problem?

    /// At most so many ids are kept: no document of ours has as many.
    private static let mostIDs = 1_024

    /// Looks an answer through that has arrived.
    /// - Throws: a `SystemError`.
    init(_ arriving: IncomingAnswer) throws {
        guard let bytes = arriving.inMemory, let events = PlainResponse.events(of: bytes) else {
            try self.init(arriving.source())
            return
        }
        self.init(Digest(of: bytes))
        for event in events { take(event) }
    }

    private init(_ digest: Digest) { self.digest = digest }

    /// Reads a response to its end, an object at a time.
    /// - Throws: a `SystemError`.
    init(_ source: any ByteSource) throws {
        // Nothing has been digested yet.
        self.init(Digest(of: []))
        let digesting = DigestingSource(source)
        do {
            var reader = try ResponseReader(TextSource(digesting), keepsObjects: false)
            while let event = try reader.next() { take(event) }
        } catch let found as Problem {
            problem = found
            requestIDs = []
        }
        digest = try digesting.finish()
    }

    private mutating func take(_ event: ResponseEvent) {
        switch event {
        case .messageSet(let id, _): messageSetID = id ?? messageSetID
        case .response(let head):
            if let id = head.requestID, requestIDs.count < Self.mostIDs { requestIDs.insert(id) }
            if head.requestID == nil { answersNameless = true }
            if answers.count < Self.mostIDs { answers.append(Answer(head: head)) }
        case .refusal(let hresult, let message):
            problem = Problem(
                what: "It holds a refusal (\(hresult) \(message)) in the place of a response.", remedy: "")
        case .object: if !answers.isEmpty { answers[answers.count - 1].objects += 1 }
        case .report, .row, .endResponse: break
        }
    }

    /// Whether it is the answer to a document: all that it answers was asked there.
    func fits(_ lease: Lease) -> Bool {
        if let id = messageSetID, let asked = lease.messageSet, id != asked { return false }
        guard requestIDs.isSubset(of: lease.requestIDs) else { return false }
        if answersNameless, !lease.requestIDs.contains("") { return false }
        if !requestIDs.isEmpty || answersNameless { return true }
        // QuickBooks may tell of a set as a whole, and of no request in it.
        return messageSetID != nil && messageSetID == lease.messageSet
    }
}
